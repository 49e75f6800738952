//! Makes a file of pages: PDF/A-3, with everything that the standard asks for checked by the library that writes it.

use std::{collections::BTreeMap, num::NonZeroU16};

use chrono::{Datelike, Timelike};
use contract::Timestamp;
use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Archival, ConfigurationBuilder, ValidationError},
    embed::{AssociationKind, EmbeddedFile, MimeType},
    error::KrillaError,
    geom::{PathBuilder, Point, Rect, Size, Transform},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree},
};

use crate::{
    Fault,
    logo::Picture,
    page::{Frame, Ink, Item, Page, Role},
    typeset::{Block, Stretch},
};

/// The name that readers look for (Factur-X 1.0, ZUGFeRD 2).
pub const XML_NAME: &str = "factur-x.xml";

/// What is said of a file as a whole.
pub struct About {
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// Its language, such as `en`.
    pub language: String,
    /// When it was made.
    pub made: Timestamp,
    /// What the logo is called for who does not see it.
    pub logo_name: String,
}

/// Why no file came about.
pub enum Refused {
    /// A font of the computer may not be embedded.
    Font,
    /// Another rule of the archive standard is broken: it may be one of the stricter level alone.
    Level(String),
    /// Something that must not be.
    Fault(Fault),
}

/// How strictly a file is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// PDF/A-3a: text can be read, and what it is to the whole is said too.
    Accessible,
    /// PDF/A-3u: text can be read.
    Unicode,
}

/// Makes the file.
pub fn render(
    pages: &[Page],
    frame: Frame,
    about: &About,
    logo: Option<&Picture>,
    xml: Option<&str>,
    level: Level,
) -> Result<Vec<u8>, Refused> {
    let archival = match level {
        Level::Accessible => Archival::A3_A,
        Level::Unicode => Archival::A3_U,
    };
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(archival)
        .finish()
        .map_err(|error| Refused::Fault(Fault(format!("{error:?}"))))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    let mut tags = Tags::default();
    for page in pages {
        let settings =
            PageSettings::from_wh(frame.width, frame.height).ok_or_else(|| Refused::Fault(Fault("a page has no size".to_owned())))?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        for item in &page.items {
            draw(&mut surface, item, about, logo, &mut tags);
        }
        surface.finish();
        sheet.finish();
    }
    document.set_tag_tree(tags.tree(about));
    let made = moment(about.made);
    document.set_metadata(
        Metadata::new()
            .title(about.title.clone())
            .authors(vec![about.author.clone()])
            .language(about.language.clone())
            .creator("Clientele".to_owned())
            .creation_date(made),
    );
    if let Some(xml) = xml {
        let file = EmbeddedFile {
            path: XML_NAME.to_owned(),
            mime_type: MimeType::new("text/xml"),
            description: Some("The same as XML (EN 16931, Cross Industry Invoice)".to_owned()),
            association_kind: AssociationKind::Alternative,
            data: xml.as_bytes().to_vec().into(),
            modification_date: Some(made),
            compress: Some(true),
            location: None,
        };
        document
            .embed_file(file)
            .ok_or_else(|| Refused::Fault(Fault("the XML is attached twice".to_owned())))?;
    }
    document.finish().map_err(|error| match error {
        KrillaError::Validation(errors)
            if errors
                .iter()
                .any(|(error, _)| matches!(error, ValidationError::RestrictedLicense(_))) =>
        {
            Refused::Font
        }
        KrillaError::Font(..) => Refused::Font,
        KrillaError::Validation(errors) => Refused::Level(format!("{:?}", errors.iter().map(|(error, _)| kind(error)).collect::<Vec<_>>())),
        other => Refused::Fault(Fault(other.to_string())),
    })
}

/// The name of a broken rule, without the font and the text that it may carry.
fn kind(error: &ValidationError) -> String {
    let text = format!("{error:?}");
    text.split(['(', ' ']).next().unwrap_or_default().to_owned()
}

fn moment(at: Timestamp) -> DateTime {
    let at = at.utc();
    let small = |value: u32| u8::try_from(value).unwrap_or(0);
    DateTime::new(u16::try_from(at.year()).unwrap_or(1970))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn fill(ink: Ink) -> Fill {
    let (red, green, blue) = ink.rgb();
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: Default::default(),
    }
}

fn draw(surface: &mut Surface<'_>, item: &Item, about: &About, logo: Option<&Picture>, tags: &mut Tags) {
    let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
    match item {
        Item::Text { block, x, y, role } => {
            if *role == Role::Running {
                surface.start_tagged(artifact(ArtifactType::PaginationOther));
                stretches(surface, block, &block.stretches, *x, *y);
                surface.end_tagged();
                return;
            }
            let ids = block.parts().map(|part| {
                let id = surface.start_tagged(ContentTag::Span(SpanTag::empty().with_actual_text(part.actual)));
                stretches(surface, block, part.stretches, *x, *y);
                surface.end_tagged();
                id
            });
            tags.add(*role, ids, &block.text);
        }
        Item::Fill { x, y, width, height, ink } => {
            let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) else {
                return;
            };
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            let Some(path) = path.finish() else { return };
            surface.start_tagged(artifact(ArtifactType::Layout));
            surface.set_fill(Some(fill(*ink)));
            surface.draw_path(&path);
            surface.end_tagged();
        }
        Item::Logo { x, y, width, height } => {
            let (Some(picture), Some(size)) = (logo, Size::from_wh(*width, *height)) else {
                return;
            };
            let id = surface.start_tagged(ContentTag::Other);
            tags.logo(id, &about.logo_name);
            surface.push_transform(&Transform::from_translate(*x, *y));
            surface.draw_image(picture.image(), size);
            surface.pop();
            surface.end_tagged();
        }
    }
}

fn stretches(surface: &mut Surface<'_>, block: &Block, stretches: &[Stretch], x: f32, y: f32) {
    surface.set_fill(Some(fill(block.style.ink)));
    for stretch in stretches {
        let start = Point::from_xy(x + stretch.x, y + stretch.baseline);
        surface.draw_glyphs(start, &stretch.glyphs, stretch.font.clone(), &block.text, block.style.size, false);
    }
}

/// What is what, for readers that do not see the page.
#[derive(Default)]
struct Tags {
    parts: Vec<Part>,
}

enum Part {
    Group(TagGroup),
    Table(usize, Rows),
}

/// The cells of a table by row and column.
type Rows = BTreeMap<usize, BTreeMap<usize, Vec<Identifier>>>;

impl Tags {
    fn add(&mut self, role: Role, ids: impl Iterator<Item = Identifier>, text: &str) {
        let Role::Cell { table, row, column } = role else {
            let mut group = match role {
                Role::Title => TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(text.to_owned()))),
                _ => TagGroup::new(Tag::P),
            };
            ids.for_each(|id| group.push(id));
            self.parts.push(Part::Group(group));
            return;
        };
        // A table goes on over pages, and what stands between its parts does not belong to it.
        let known = self.parts.iter_mut().find_map(|part| match part {
            Part::Table(known, rows) if *known == table => Some(rows),
            _ => None,
        });
        let mut new = Rows::new();
        let rows = known.unwrap_or(&mut new);
        rows.entry(row).or_default().entry(column).or_default().extend(ids);
        if !new.is_empty() {
            self.parts.push(Part::Table(table, new));
        }
    }

    fn logo(&mut self, id: Identifier, name: &str) {
        let mut group = TagGroup::new(Tag::Figure(Some(name.to_owned())));
        group.push(id);
        self.parts.push(Part::Group(group));
    }

    fn tree(self, about: &About) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(about.language.clone()));
        for part in self.parts {
            match part {
                Part::Group(group) => tree.push(group),
                Part::Table(_, rows) => tree.push(table(rows)),
            }
        }
        tree
    }
}

fn table(rows: Rows) -> TagGroup {
    let mut whole = TagGroup::new(Tag::Table);
    let mut body = TagGroup::new(Tag::TBody);
    for (at, cells) in rows {
        let mut row = TagGroup::new(Tag::TR);
        for ids in cells.into_values() {
            let mut cell = if at == 0 {
                TagGroup::new(Tag::TH(TableHeaderScope::Column))
            } else {
                TagGroup::new(Tag::TD)
            };
            for id in ids {
                cell.push(id);
            }
            row.push(cell);
        }
        if at == 0 {
            let mut head = TagGroup::new(Tag::THead);
            head.push(row);
            whole.push(head);
        } else {
            body.push(row);
        }
    }
    whole.push(body);
    whole
}
