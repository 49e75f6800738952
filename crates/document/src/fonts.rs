//! The fonts: two of our own for Latin, Greek and Cyrillic, and those of the computer for everything else.

use std::{collections::HashMap, sync::Mutex};

use fontique::{Blob, Collection, CollectionOptions, FontInfo, SourceCache};
use krilla::text::{Font, Tag};
use parley::{FontContext, FontData};

/// The family that is bundled.
pub const FAMILY: &str = "Noto Sans";

static REGULAR: &[u8] = include_bytes!("../fonts/NotoSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../fonts/NotoSans-Bold.ttf");

/// What stands where there is no glyph: a box, or what comes next to it.
const BOXES: [char; 3] = ['\u{25a1}', '\u{fffd}', '?'];

/// Fonts to choose from, and those that were chosen as the PDF needs them.
pub struct Fonts {
    /// What the layout chooses from.
    pub context: FontContext,
    chosen: HashMap<Key, Option<Font>>,
    /// The family that was found for a character.
    found: HashMap<char, Option<String>>,
    placeholder: Option<Placeholder>,
    /// The files that are our own.
    own: Vec<u64>,
}

/// Fonts that are not in use: looking for those of the computer takes long. Without and with them.
static KEPT: [Mutex<Vec<Fonts>>; 2] = [Mutex::new(Vec::new()), Mutex::new(Vec::new())];

/// What tells fonts apart: the file, the place in it, and the variation.
type Key = (u64, u32, Vec<([u8; 4], u32)>);

/// What is drawn with our own font, whatever the text around it is drawn with.
#[derive(Clone)]
pub struct Placeholder {
    /// The font.
    pub font: Font,
    /// Its box, for what has no glyph.
    pub glyph: u32,
    /// Its space. That of another font, such as one of pictures, is no word break to many programs that read a file.
    pub space: u32,
}

impl Fonts {
    /// Our own fonts, and those of the computer if they are wanted.
    fn new(with_system: bool) -> Self {
        let options = CollectionOptions {
            shared: false,
            system_fonts: with_system,
        };
        let mut context = FontContext {
            collection: Collection::new(options),
            source_cache: SourceCache::default(),
        };
        let mut placeholder = None;
        let mut own = Vec::new();
        for bytes in [REGULAR, BOLD] {
            let data = Blob::new(std::sync::Arc::new(bytes));
            own.push(data.id());
            for (_, fonts) in context.collection.register_fonts(data, None) {
                for font in fonts {
                    placeholder = placeholder.or_else(|| boxed(&font));
                }
            }
        }
        Self {
            context,
            chosen: HashMap::new(),
            found: HashMap::new(),
            placeholder,
            own,
        }
    }

    /// Whether a font is one of our own.
    pub fn is_own(&self, font: &FontData) -> bool {
        self.own.contains(&font.data.id())
    }

    /// Fonts that were kept, or new ones.
    pub fn take(with_system: bool) -> Self {
        let kept = KEPT.get(usize::from(with_system)).and_then(|kept| kept.lock().ok()?.pop());
        kept.unwrap_or_else(|| Self::new(with_system))
    }

    /// Keeps the fonts for the next document.
    pub fn keep(self, with_system: bool) {
        if let Some(mut kept) = KEPT.get(usize::from(with_system)).and_then(|kept| kept.lock().ok()) {
            kept.push(self);
        }
    }

    /// What is drawn where there is no glyph.
    pub fn placeholder(&self) -> Option<Placeholder> {
        self.placeholder.clone()
    }

    /// A font of the layout as the PDF needs it.
    pub fn chosen(&mut self, font: &FontData, variation: &[([u8; 4], f32)]) -> Option<Font> {
        let key = (
            font.data.id(),
            font.index,
            variation.iter().map(|(tag, value)| (*tag, value.to_bits())).collect(),
        );
        let made = self.chosen.entry(key).or_insert_with(|| {
            let (data, _) = font.data.clone().into_raw_parts();
            let variation: Vec<(Tag, f32)> = variation.iter().map(|(tag, value)| (Tag::new(tag), *value)).collect();
            Font::new_variable(data.into(), font.index, &variation)
        });
        made.clone()
    }

    /// A family of the computer that has a character, whatever script it is of: the fallback by script, which the layout
    /// does, knows none for symbols.
    pub fn family_with(&mut self, wanted: char) -> Option<String> {
        if let Some(known) = self.found.get(&wanted) {
            return known.clone();
        }
        let mut families: Vec<String> = self.context.collection.family_names().map(str::to_owned).collect();
        // The same choice each time.
        families.sort_unstable();
        let found = families.into_iter().find(|name| {
            let family = self.context.collection.family_by_name(name);
            let font = family.as_ref().and_then(|family| family.default_font());
            font.is_some_and(|font| has(font, &mut self.context.source_cache, wanted))
        });
        self.found.insert(wanted, found.clone());
        found
    }
}

fn glyph_of(font: &FontInfo, data: &[u8], wanted: char) -> Option<u32> {
    font.charmap_index().charmap(data)?.map(wanted).filter(|glyph| *glyph != 0)
}

fn has(font: &FontInfo, cache: &mut SourceCache, wanted: char) -> bool {
    font.load(Some(cache))
        .is_some_and(|data| glyph_of(font, data.as_ref(), wanted).is_some())
}

fn boxed(font: &FontInfo) -> Option<Placeholder> {
    let data = font.load(None)?;
    let space = glyph_of(font, data.as_ref(), ' ')?;
    let glyph = BOXES.iter().find_map(|c| glyph_of(font, data.as_ref(), *c))?;
    let (raw, _) = data.into_raw_parts();
    Some(Placeholder {
        font: Font::new(raw.into(), font.index())?,
        glyph,
        space,
    })
}
