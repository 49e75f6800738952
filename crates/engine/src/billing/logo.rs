//! `get_logo` and `set_logo`.

use base64::{Engine, engine::general_purpose::STANDARD};
use contract::{
    Noun, Problem,
    billing::BillingSettings,
    logo::{GetLogo, ImageFault, Logo, LogoImage, LogoKind, SetLogo},
};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::{Value, json};

use super::settings::{SUBJECT, load, view};
use crate::{
    call::Run,
    change::Entry,
    customer::check_version,
    entity::billing,
    error::{Error, Result, unknown_word},
    scope::Scope,
};

/// The logo as it is stored.
fn stored(row: &billing::Model) -> Result<Option<LogoImage>> {
    let Some(bytes) = &row.logo else { return Ok(None) };
    let kind = row.logo_type.as_deref().unwrap_or_default();
    let picture = document::read_logo(bytes).map_err(|fault| Error::Fault(format!("the stored logo: {}", fault.as_str())))?;
    Ok(Some(LogoImage {
        kind: LogoKind::parse(kind).ok_or_else(|| unknown_word("billing.logo_type", kind))?,
        width: picture.width,
        height: picture.height,
        data: STANDARD.encode(bytes),
    }))
}

/// The logo as the change log has it: what it is, not its pixels.
fn described(bytes: Option<&[u8]>) -> Option<Value> {
    let picture = document::read_logo(bytes?).ok()?;
    Some(json!(format!("{}, {} × {}", picture.kind.as_str(), picture.width, picture.height)))
}

impl Run for GetLogo {
    async fn run(self, scope: &Scope) -> Result<Logo> {
        let row = load(scope).await?;
        Ok(Logo { image: stored(&row)? })
    }
}

impl Run for SetLogo {
    async fn run(self, scope: &Scope) -> Result<BillingSettings> {
        crate::db::serialize(scope, "billing settings").await?;
        let before = load(scope).await?;
        check_version(scope, SUBJECT, before.version, self.version).await?;
        let mut row = before.clone();
        match self.image {
            Some(text) => {
                let refused = |fault| contract::Error::field("image", Problem::Image { fault });
                let bytes = STANDARD.decode(text).map_err(|_| refused(ImageFault::Encoding))?;
                let picture = document::read_logo(&bytes).map_err(refused)?;
                row.logo_type = Some(picture.kind.as_str().to_owned());
                row.logo = Some(bytes);
            }
            None => (row.logo, row.logo_type) = (None, None),
        }
        if row.logo == before.logo {
            return view(scope, &before).await;
        }
        row.version += 1;
        row.updated_at = scope.now.0;
        row.clone().into_active_model().reset_all().update(scope).await?;
        scope.log(Entry {
            noun: Noun::Settings,
            id: SUBJECT,
            subject: "Billing".to_owned(),
            customer: None,
            version: row.version,
            fields: vec![("logo".to_owned(), described(before.logo.as_deref()), described(row.logo.as_deref()))],
        });
        view(scope, &row).await
    }
}
