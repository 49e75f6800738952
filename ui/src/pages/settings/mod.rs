//! The page `Settings`.

mod appearance;
mod billing;
mod database;
mod general;
mod general_form;
mod people;
mod person_dialog;

pub use self::database::{BackupBanner, ConnectionDialog, WorkBanner};

use yew::prelude::*;

use crate::{
    components::{Icon, PageHead, SelectField, SelectOption},
    route::{Route, Section, use_place},
};
use appearance::AppearanceSection;
use billing::BillingSection;
use database::DatabaseSection;
use general::GeneralSection;
use people::PeopleSection;

/// The page `Settings`.
#[derive(Properties, PartialEq)]
pub struct SettingsProps {
    /// The open section.
    pub section: Section,
}

/// The page `Settings`.
#[component]
pub fn Settings(props: &SettingsProps) -> Html {
    let place = use_place();
    let on_change = Callback::from(move |text: String| {
        if let Some(section) = Section::parse(&text) {
            place.go(Route::Settings(section));
        }
    });
    let options = use_memo((), |()| -> std::rc::Rc<[SelectOption]> {
        Section::ALL
            .iter()
            .map(|section| SelectOption::new(section.as_str(), section.label()))
            .collect()
    });
    let body = match props.section {
        Section::General => html! { <GeneralSection /> },
        Section::Billing => html! { <BillingSection /> },
        Section::Appearance => html! { <AppearanceSection /> },
        Section::Database => html! { <DatabaseSection /> },
        Section::People => html! { <PeopleSection /> },
    };
    html! {
        <main class="main" id="main">
            <PageHead title="Settings" is_ruled={true} />
            <div class="scroll">
                <div class="settings">
                    <nav class="settings__nav" aria-label="Settings"><ul class="nav">
                        { for Section::ALL.iter().map(|section| html! {
                            <li key={section.as_str()}>
                                <a class="nav__item" href={Route::Settings(*section).href()} aria-current={(*section == props.section).then_some("page")}>
                                    { icon(*section).view() }<span class="settings__label">{ section.label() }</span>
                                </a>
                            </li>
                        }) }
                    </ul></nav>
                    <div class="settings__pick only-narrow">
                        <SelectField label="Section" value={props.section.as_str()} options={(*options).clone()} {on_change} />
                    </div>
                    <div class="settings__body" key={props.section.as_str()}>{ body }</div>
                </div>
            </div>
        </main>
    }
}

/// The picture of a section.
pub fn icon(section: Section) -> Icon {
    match section {
        Section::General => Icon::Settings,
        Section::Billing => Icon::Receipt,
        Section::Appearance => Icon::Palette,
        Section::Database => Icon::Database,
        Section::People => Icon::Users,
    }
}
