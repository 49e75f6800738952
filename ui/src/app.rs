//! What the window shows: a problem at startup, first run, sign-in, the lock, or the app itself.

use contract::{
    CustomerId, Error,
    desktop::{
        BookChoice, DiscardSample, GetPreferences, OpenBook, OpenPlace, Preferences, RetryStartup, SetPreferences, Startup, StartupState,
    },
    session::{CurrentSession, Lock, SessionStage, SessionState, SignOut},
};
use yew::{create_portal, prelude::*};

use crate::{
    hooks::{BookChangesProvider, OpenedBook, PreferencesHandle, SessionHandle, Toast, Toasts, ToastsProvider, use_latest, use_toasts},
    ipc,
    pages::gate::{FirstRun, LockScreen, SignIn, Starting, StartupProblemScreen, Unanswered},
    route::{Place, PlaceProvider, Route, use_place},
    shell::{Appearance, Shelf, Shell},
};

/// The app.
#[component]
pub fn App() -> Html {
    html! { <PlaceProvider><ToastsProvider><BookChangesProvider><Window /></BookChangesProvider></ToastsProvider></PlaceProvider> }
}

/// How far the start has come.
#[derive(Clone, PartialEq)]
enum Phase {
    Starting,
    Problem(StartupState),
    Unanswered(Error),
    Open(StartupState, SessionState),
}

/// What everything here acts on.
#[derive(Clone)]
struct Desk {
    phase: UseStateHandle<Phase>,
    /// Whose page is kept while the session is locked or has ended by itself.
    kept: UseStateHandle<Option<CustomerId>>,
    toasts: Toasts,
}

impl Desk {
    /// Opens a book in one of the ways there are, and learns who is signed in.
    fn begin<R>(&self, request: R)
    where
        R: contract::Request<Output = StartupState>,
    {
        let desk = self.clone();
        desk.leave();
        desk.phase.set(Phase::Starting);
        wasm_bindgen_futures::spawn_local(async move {
            // Opening takes as long as it takes: tables may have to be brought up to date.
            match ipc::call_without_deadline(request).await {
                Ok(mut startup) if startup.ready => match session_of(&mut startup).await {
                    Ok(session) => {
                        let (not_kept, not_removed) = (startup.keyring, startup.not_removed);
                        desk.take(startup, session);
                        if let Some(problem) = not_kept {
                            desk.toasts.show(Toast::not_kept(problem));
                        }
                        if let Some(problem) = not_removed {
                            desk.toasts.show(Toast::not_removed(problem));
                        }
                    }
                    Err(error) => desk.phase.set(Phase::Unanswered(error)),
                },
                Ok(startup) => desk.phase.set(Phase::Problem(startup)),
                Err(error) => desk.phase.set(Phase::Unanswered(error)),
            }
        });
    }

    /// Another book or person takes over: nothing of what was shown or is under way may reach them.
    fn leave(&self) {
        self.kept.set(None);
        self.toasts.forget();
    }

    fn take(&self, startup: StartupState, session: SessionState) {
        match session.stage {
            SessionStage::SignedIn => {
                let person = session.administrator.as_ref().map(|administrator| administrator.id);
                if *self.kept != person {
                    self.toasts.forget();
                }
                self.kept.set(person);
                self.toasts.welcome_back();
            }
            SessionStage::Locked => self.toasts.clear(),
            SessionStage::FirstRun | SessionStage::SignedOut => self.toasts.forget(),
        }
        self.phase.set(Phase::Open(startup, session));
    }

    /// The session is lost or locked; what is known of the book stays.
    fn fall_back(&self, phase: &Phase, stage: SessionStage) {
        if let Phase::Open(startup, session) = phase {
            if stage == SessionStage::Locked {
                self.toasts.clear();
            } else {
                self.toasts.forget();
            }
            self.phase
                .set(Phase::Open(startup.clone(), SessionState { stage, ..session.clone() }));
        }
    }

    /// Asks for a change of the session; when it does not come through, says so and asks how it stands.
    fn change_session<R>(&self, startup: StartupState, request: R)
    where
        R: contract::Request<Output = SessionState>,
    {
        let desk = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            match ipc::call(request).await {
                Ok(session) => desk.take(startup, session),
                Err(error) => {
                    desk.toasts.show(Toast::failed(&error).at_gate());
                    if let Ok(session) = ipc::call(CurrentSession {}).await {
                        desk.take(startup, session);
                    }
                }
            }
        });
    }
}

/// Who is signed in: it comes with the opening. Where the book did not say then, it is asked.
async fn session_of(startup: &mut StartupState) -> Result<SessionState, Error> {
    match startup.session.take() {
        Some(session) => Ok(session),
        None => ipc::call(CurrentSession {}).await,
    }
}

#[component]
fn Window() -> Html {
    let phase = use_state_eq(|| Phase::Starting);
    let kept = use_state_eq(|| None);
    let preferences = use_state_eq(|| ipc::boot_preferences().unwrap_or_default());
    let toasts = use_toasts();
    let place = use_place();
    let desk = Desk {
        phase: phase.clone(),
        kept: kept.clone(),
        toasts,
    };
    let latest = use_latest(desk.clone());
    {
        let (latest, preferences) = (latest.clone(), preferences.setter());
        use_effect_with((), move |()| {
            latest.borrow().begin(Startup {});
            wasm_bindgen_futures::spawn_local(async move {
                if let Ok(known) = ipc::call(GetPreferences {}).await {
                    preferences.set(known);
                }
            });
            ipc::on_session_lost(Callback::from(move |error: Error| {
                let desk = latest.borrow().clone();
                let stage = if error == Error::Locked {
                    SessionStage::Locked
                } else {
                    SessionStage::SignedOut
                };
                desk.fall_back(&desk.phase, stage);
            }));
        });
    }
    let on_preferences = {
        let preferences = preferences.setter();
        use_callback((), move |next: Preferences, ()| {
            preferences.set(next.clone());
            wasm_bindgen_futures::spawn_local(async move {
                // They hold in this window even if they could not be kept for the next.
                let _ = ipc::call(SetPreferences { preferences: next }).await;
            });
        })
    };
    let preferences = PreferencesHandle {
        preferences: (*preferences).clone(),
        on_change: on_preferences,
    };
    let content = match &*phase {
        Phase::Starting => html! { <Starting /> },
        Phase::Problem(startup) => {
            let retry = with(&desk, |desk| desk.begin(RetryStartup::default()));
            let returned = with(&desk, |desk| {
                desk.begin(RetryStartup {
                    by_itself: true,
                    ..RetryStartup::default()
                });
            });
            let new = with(&desk, |desk| {
                desk.begin(RetryStartup {
                    make_new: true,
                    ..RetryStartup::default()
                });
            });
            let back = {
                let desk = desk.clone();
                Callback::from(move |name: String| {
                    desk.begin(RetryStartup {
                        backup: Some(name),
                        ..RetryStartup::default()
                    });
                })
            };
            let own = with(&desk, |desk| desk.begin(DiscardSample {}));
            let other = {
                let desk = desk.clone();
                Callback::from(move |request: OpenPlace| desk.begin(request))
            };
            html! {
                <StartupProblemScreen startup={startup.clone()} on_retry={retry} on_return={returned} on_make_new={new} on_go_back={back} on_discard_sample={own} on_open={other} />
            }
        }
        Phase::Unanswered(error) => {
            let retry = with(&desk, |desk| desk.begin(Startup {}));
            html! { <Unanswered error={error.clone()} on_retry={retry} /> }
        }
        Phase::Open(startup, session) => {
            html! { <Desktop startup={startup.clone()} session={session.clone()} kept={*kept} desk={DeskProp(desk)} {place} /> }
        }
    };
    html! {
        <ContextProvider<PreferencesHandle> context={preferences}>
            <Appearance>{ content }</Appearance>
        </ContextProvider<PreferencesHandle>>
    }
}

fn with(desk: &Desk, act: impl Fn(&Desk) + 'static) -> Callback<()> {
    let desk = desk.clone();
    Callback::from(move |()| act(&desk))
}

#[derive(Clone)]
struct DeskProp(Desk);

impl PartialEq for DeskProp {
    fn eq(&self, other: &Self) -> bool {
        self.0.phase == other.0.phase && self.0.kept == other.0.kept
    }
}

#[derive(Properties, PartialEq)]
struct DesktopProps {
    startup: StartupState,
    session: SessionState,
    kept: Option<CustomerId>,
    desk: DeskProp,
    place: Place,
}

/// An open book: the gate before it, or the app in it.
#[component]
fn Desktop(props: &DesktopProps) -> Html {
    let desk = &props.desk.0;
    let (startup, session) = (&props.startup, &props.session);
    let is_in = session.stage == SessionStage::SignedIn;
    let shelf = use_memo((), |()| Shelf::new());
    {
        let shelf = (*shelf).clone();
        // While rendering, not after it: what is rendered inside must find itself in the document.
        use_memo(is_in, move |is_in| if *is_in { shelf.put_out() } else { shelf.put_away() });
    }
    {
        let shelf = (*shelf).clone();
        use_effect_with(is_in, move |is_in| {
            if *is_in {
                shelf.bring_back()
            }
        });
    }
    {
        let shelf = (*shelf).clone();
        use_effect_with((), move |()| move || shelf.put_away());
    }
    let on_change = {
        let (desk, startup) = (desk.clone(), startup.clone());
        Callback::from(move |session: SessionState| desk.take(startup.clone(), session))
    };
    let lock = {
        let startup = startup.clone();
        with(desk, move |desk| {
            desk.fall_back(&desk.phase, SessionStage::Locked);
            desk.change_session(startup.clone(), Lock {});
        })
    };
    let sign_out = {
        let startup = startup.clone();
        with(desk, move |desk| {
            desk.leave();
            desk.change_session(startup.clone(), SignOut {});
            Place { route: Route::Dashboard }.replace(Route::Dashboard);
        })
    };
    let handle = SessionHandle {
        state: session.clone(),
        on_change,
        lock,
        sign_out,
    };
    let open = {
        let desk = desk.clone();
        Callback::from(move |book: BookChoice| {
            desk.begin(OpenBook { book });
            // A place in one book is none in the other.
            Place { route: Route::Dashboard }.replace(Route::Dashboard);
        })
    };
    let open_place = {
        let desk = desk.clone();
        Callback::from(move |request: OpenPlace| {
            desk.begin(request);
            // As above.
            Place { route: Route::Dashboard }.replace(Route::Dashboard);
        })
    };
    let discard_sample = with(desk, |desk| {
        desk.begin(DiscardSample {});
        Place { route: Route::Dashboard }.replace(Route::Dashboard);
    });
    let book = OpenedBook {
        startup: startup.clone(),
        open,
        open_place,
        discard_sample,
    };
    let gate = match session.stage {
        SessionStage::FirstRun => html! { <FirstRun /> },
        SessionStage::SignedOut => html! { <SignIn /> },
        SessionStage::Locked => html! { <LockScreen /> },
        SessionStage::SignedIn => html! { <span hidden={true}></span> },
    };
    let app = match (props.kept, shelf.host()) {
        (Some(id), Some(host)) => create_portal(html! { <Shell key={id.to_string()} route={props.place.route} /> }, host),
        _ => html! { <span hidden={true}></span> },
    };
    html! {
        <ContextProvider<SessionHandle> context={handle}>
            <ContextProvider<OpenedBook> context={book}>
                <div>{ gate }</div>
                <div>{ app }</div>
            </ContextProvider<OpenedBook>>
        </ContextProvider<SessionHandle>>
    }
}
