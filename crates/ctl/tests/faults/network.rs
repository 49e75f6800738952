//! Networks that are slow, silent or half dead: every command is answered in time, and the next one works.

use std::time::{Duration, Instant};

use contract::{Error, Outcome, customer::ListCustomers, settings::GetSettings};

use super::{
    campaign::Campaign,
    commit_window::{Far, LONGEST},
    proxy::Fault,
};

/// Networks that are silent at the same time: each is only waited for.
const AT_ONCE: usize = 12;

/// Works through a silence. Answers with whether a list was refused meanwhile.
async fn silent(name: &str, fault: Fault) -> bool {
    let far = Far::new(name).await;
    far.pay("before").await;
    far.proxy.set(fault);
    let began = Instant::now();
    let key = Some("swallowed".to_owned());
    let (write, read) = tokio::join!(
        far.app.call(far.payment("swallowed"), key.clone()),
        far.app.call(ListCustomers::default(), None)
    );
    assert!(began.elapsed() < LONGEST, "{fault:?}: {:?}", began.elapsed());
    let is_honest = |answer: &Result<(), Error>| {
        matches!(
            answer,
            Ok(_)
                | Err(Error::Unavailable {
                    outcome: Outcome::Unknown | Outcome::NotDone,
                    ..
                })
        )
    };
    let is_refused = read.is_err();
    assert!(is_honest(&write.map(|_| ())), "{fault:?}");
    assert!(is_honest(&read.map(|_| ())), "{fault:?}");
    // The network is back: whatever hangs on old connections is in nobody's way.
    far.proxy.set(Fault::None);
    let began = Instant::now();
    far.app.call(GetSettings {}, None).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{fault:?}: {:?}", began.elapsed());
    far.pay("swallowed").await;
    assert_eq!(far.count("swallowed").await, 1, "{fault:?}");
    far.end().await;
    is_refused
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_is_silent_for_longer_than_its_deadline() {
    let refused = tokio::join!(
        silent("hole", Fault::BlackHole(0)),
        silent("later", Fault::BlackHole(700)),
        silent("half", Fault::HalfOpen(300))
    );
    assert_eq!(refused, (true, true, true));
}

/// In the middle of a message, too, for whose rest a server waits without a limit, and holds what it has locked.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_connection_is_swallowed_from_any_byte_on_is_there_exactly_once() {
    let far = Far::new("bytes").await;
    far.pay("before").await;
    far.proxy.set(Fault::None);
    far.pay("measured").await;
    far.app.call(ListCustomers::default(), None).await.unwrap();
    let (all, _) = far.proxy.counted();
    assert!(all > 1_000, "{all}");
    far.end().await;
    let mut campaign = Campaign::new("network");
    let points = campaign.points(u64::try_from(all).unwrap(), 12);
    for points in points.chunks(AT_ONCE) {
        let mut running = tokio::task::JoinSet::new();
        for point in points.iter().copied() {
            running.spawn(async move {
                silent(&format!("byte_{point}"), Fault::BlackHole(usize::try_from(point).unwrap())).await;
                point
            });
        }
        while let Some(survived) = running.join_next().await {
            campaign.survived(survived.unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_network_is_only_slow() {
    let far = Far::new("slow").await;
    far.proxy.set(Fault::Delay(Duration::from_millis(60)));
    assert_eq!(far.pay("slowly").await, 1);
    far.end().await;
}
