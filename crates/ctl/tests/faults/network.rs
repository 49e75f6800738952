//! Networks that are slow, silent or half dead: every command is answered in time, and the next one works.

use std::time::{Duration, Instant};

use contract::{Error, Outcome, customer::ListCustomers, settings::GetSettings};

use super::{
    commit_window::{Far, LONGEST},
    proxy::Fault,
};

async fn silent(name: &str, fault: Fault) {
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
    let is_honest = |answer: &Result<_, Error>| {
        matches!(
            answer,
            Ok(_)
                | Err(Error::Unavailable {
                    outcome: Outcome::Unknown | Outcome::NotDone,
                    ..
                })
        )
    };
    assert!(is_honest(&write.map(|_| ())), "{fault:?}");
    assert!(matches!(read, Err(Error::Unavailable { .. })), "{fault:?}");
    // The network is back: whatever hangs on old connections is in nobody's way.
    far.proxy.set(Fault::None);
    let began = Instant::now();
    far.app.call(GetSettings {}, None).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{fault:?}: {:?}", began.elapsed());
    far.pay("swallowed").await;
    assert_eq!(far.count("swallowed").await, 1, "{fault:?}");
    far.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_is_silent_for_longer_than_its_deadline() {
    tokio::join!(
        silent("hole", Fault::BlackHole(0)),
        silent("later", Fault::BlackHole(700)),
        silent("half", Fault::HalfOpen(300))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_network_is_only_slow() {
    let far = Far::new("slow").await;
    far.proxy.set(Fault::Delay(Duration::from_millis(60)));
    assert_eq!(far.pay("slowly").await, 1);
    far.end().await;
}
