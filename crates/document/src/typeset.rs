//! Lines of text: shaped, in both directions, broken to a width, ready to be drawn.

use std::ops::Range;

use contract::document::MissingGlyph;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::{
    Alignment, AlignmentOptions, FontFamily, FontFamilyName, FontFeatures, FontWeight, Language, Layout, LayoutContext, LineHeight,
    OverflowWrap, Run, StyleProperty,
};

use crate::{
    fonts::{FAMILY, Fonts},
    page::Ink,
};

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Size in points.
    pub size: f32,
    /// Whether it is bold.
    pub bold: bool,
    /// Its color.
    pub ink: Ink,
    /// Distance of lines, as a multiple of the size.
    pub leading: f32,
    /// Space between letters, as a multiple of the size.
    pub tracking: f32,
    /// On which side lines are flush.
    pub align: Align,
}

impl Style {
    /// Plain text of a size.
    pub const fn plain(size: f32) -> Self {
        Self {
            size,
            bold: false,
            ink: Ink::Text,
            leading: 1.4,
            tracking: 0.0,
            align: Align::Left,
        }
    }

    /// The same in bold.
    pub const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// The same in another color.
    pub const fn ink(self, ink: Ink) -> Self {
        Self { ink, ..self }
    }

    /// The same, flush right.
    pub const fn right(self) -> Self {
        Self {
            align: Align::Right,
            ..self
        }
    }
}

/// On which side lines are flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Left.
    Left,
    /// Right.
    Right,
}

/// Glyphs of one font in a line.
#[derive(Clone)]
pub struct Stretch {
    /// The font.
    pub font: Font,
    /// Where they begin, from the left edge of the block.
    pub x: f32,
    /// Their baseline, from the top of the block.
    pub baseline: f32,
    /// The glyphs, from left to right.
    pub glyphs: Vec<KrillaGlyph>,
    /// What kind of glyphs they are.
    kind: Kind,
}

/// What a stretch is to a program that reads the text of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Letters.
    Letters,
    /// A picture (an emoji): its font tells nothing of how wide a space is beside it.
    Picture,
    /// The spaces behind a picture.
    SpaceBehind,
}

/// What is drawn under one mark.
pub struct Part<'a> {
    /// The stretches of it.
    pub stretches: &'a [Stretch],
    /// What has to be read for it, where the glyphs do not tell.
    pub actual: Option<&'a str>,
}

/// A text that is set.
#[derive(Clone)]
pub struct Block {
    /// The text; the glyphs name ranges of it.
    pub text: String,
    /// How it looks.
    pub style: Style,
    /// What is drawn.
    pub stretches: Vec<Stretch>,
    /// Height of all lines.
    pub height: f32,
}

impl Block {
    /// The same, so far to the right.
    pub fn moved(mut self, by: f32) -> Self {
        for stretch in &mut self.stretches {
            stretch.x += by;
        }
        self
    }

    /// The block by what is read as one: pictures with the spaces behind them say themselves what is read.
    ///
    /// Programs that read a file guess where words end by the size of the font, and guess wrong beside a font of pictures.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let is_letters = |stretch: &Stretch| stretch.kind == Kind::Letters;
        self.stretches
            .chunk_by(move |one, next| is_letters(one) == is_letters(next) && next.kind != Kind::Picture)
            .map(move |stretches| Part {
                stretches,
                actual: stretches
                    .first()
                    .is_some_and(|first| !is_letters(first))
                    .then(|| self.text.get(range(stretches)?))
                    .flatten(),
            })
    }
}

/// Which characters of the block stretches stand for.
fn range(stretches: &[Stretch]) -> Option<Range<usize>> {
    let glyphs = || stretches.iter().flat_map(|stretch| &stretch.glyphs);
    let start = glyphs().map(|glyph| glyph.text_range.start).min()?;
    let end = glyphs().map(|glyph| glyph.text_range.end).max()?;
    Some(start..end)
}

/// Sets texts, and keeps what it could not draw.
pub struct Typesetter {
    fonts: Fonts,
    scratch: LayoutContext<()>,
    language: Option<Language>,
    missing: Vec<MissingGlyph>,
    /// Width of the box that stands for what has no glyph, as a multiple of the size.
    box_width: f32,
}

impl Typesetter {
    /// Sets texts for readers of a language, which decides between forms of the same Han character.
    pub fn new(fonts: Fonts, language: Option<&str>) -> Self {
        let mut setter = Self {
            fonts,
            scratch: LayoutContext::new(),
            language: language.and_then(|tag| Language::parse(tag).ok()),
            missing: Vec::new(),
            box_width: 0.6,
        };
        if let Some(place) = setter.fonts.placeholder() {
            let size = 100.0;
            let measured = setter.layout(&place.character.to_string(), Style::plain(size), f32::MAX, &[]);
            setter.box_width = measured.width() / size;
        }
        setter
    }

    /// Characters for which no font was found so far, each once; and the fonts, to be used again.
    pub fn finish(self) -> (Vec<MissingGlyph>, Fonts) {
        (self.missing, self.fonts)
    }

    /// Sets a text on one line within a width, smaller if it has to be, but not below a size; then it takes more lines.
    pub fn set_in_line(&mut self, text: &str, style: Style, least: f32, width: f32) -> Block {
        let one = self.layout(text, style, f32::MAX, &[]).width();
        let size = (style.size * (width / one.max(1.0)).min(1.0)).floor().max(least);
        self.set(text, Style { size, ..style }, width)
    }

    /// Sets a text within a width.
    pub fn set(&mut self, text: &str, style: Style, width: f32) -> Block {
        let text: String = text.chars().map(|c| if c == '\t' { ' ' } else { c }).collect();
        let mut layout = self.layout(&text, style, width, &[]);
        let absent = absent(&layout, &text);
        let more: Vec<String> = absent.iter().filter_map(|c| self.fonts.family_with(*c)).collect();
        if !more.is_empty() {
            layout = self.layout(&text, style, width, &more);
        }
        let mut block = Block {
            height: layout.height(),
            stretches: Vec::new(),
            text,
            style,
        };
        for line in layout.lines() {
            let metrics = line.metrics();
            let mut x = metrics.offset;
            for run in line.runs() {
                self.stretches(&run, &mut x, metrics.baseline, &mut block);
            }
        }
        block
    }

    fn layout(&mut self, text: &str, style: Style, width: f32, more: &[String]) -> Layout<()> {
        let mut builder = self.scratch.ranged_builder(&mut self.fonts.context, text, 1.0, false);
        let families: Vec<FontFamilyName<'_>> = std::iter::once(FAMILY)
            .chain(more.iter().map(String::as_str))
            .map(FontFamilyName::named)
            .collect();
        builder.push_default(StyleProperty::FontFamily(FontFamily::List(families.into())));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::FontWeight(if style.bold {
            FontWeight::BOLD
        } else {
            FontWeight::NORMAL
        }));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(style.leading)));
        // A ligature that is only beautiful is read back as something else by many programs.
        builder.push_default(StyleProperty::FontFeatures(FontFeatures::from(
            "\"liga\" 0, \"clig\" 0, \"dlig\" 0",
        )));
        builder.push_default(StyleProperty::LetterSpacing(style.tracking * style.size));
        // A word that is wider than its place is broken rather than drawn over its neighbor.
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        builder.push_default(StyleProperty::Locale(self.language));
        let mut layout = builder.build(text);
        layout.break_all_lines(Some(width));
        let align = match style.align {
            Align::Left => Alignment::Left,
            Align::Right => Alignment::Right,
        };
        layout.align(align, AlignmentOptions::default());
        layout
    }

    /// Adds the glyphs of a run to a block, from left to right.
    fn stretches(&mut self, run: &Run<'_, ()>, x: &mut f32, baseline: f32, block: &mut Block) {
        let variation: Vec<([u8; 4], f32)> = run
            .synthesis()
            .variation_settings()
            .iter()
            .map(|(tag, value)| (tag.into_bytes(), *value))
            .collect();
        let font = self.fonts.chosen(run.font(), &variation);
        let placeholder = self.fonts.placeholder();
        let size = run.font_size();
        let mut clusters = clusters(run);
        if run.is_rtl() {
            clusters.reverse();
        }
        for cluster in clusters {
            let Some(piece) = block.text.get(cluster.range.clone()) else {
                continue;
            };
            // A line end is no glyph.
            if piece.chars().all(char::is_control) {
                continue;
            }
            let is_own = self.fonts.is_own(run.font());
            let is_space = piece == " " && !is_own;
            let is_missing = cluster.glyphs.iter().any(|glyph| glyph.id == 0) || font.is_none();
            let before = block.stretches.last().map_or(Kind::Letters, |last| last.kind);
            let kind = match (piece, before) {
                _ if cluster.is_emoji && !is_own && !is_missing => Kind::Picture,
                (" ", Kind::Picture | Kind::SpaceBehind) => Kind::SpaceBehind,
                _ => Kind::Letters,
            };
            let (font, glyphs) = match (&font, &placeholder, is_missing) {
                (_, Some(place), true) => {
                    self.note(&block.text, cluster.range.clone());
                    let advance = size * self.box_width;
                    let glyph = Drawn {
                        id: place.glyph,
                        x: 0.0,
                        y: 0.0,
                        advance,
                    };
                    (place.font.clone(), vec![glyph])
                }
                (Some(_), Some(place), false) if is_space => {
                    let advance = cluster.glyphs.iter().map(|glyph| glyph.advance).sum();
                    let glyph = Drawn {
                        id: place.space,
                        x: 0.0,
                        y: 0.0,
                        advance,
                    };
                    (place.font.clone(), vec![glyph])
                }
                (Some(font), _, _) => (font.clone(), cluster.glyphs),
                (None, _, _) => continue,
            };
            let begins = block
                .stretches
                .last()
                .is_none_or(|last| last.kind != kind || last.font != font || last.baseline.to_bits() != baseline.to_bits());
            if begins {
                block.stretches.push(Stretch {
                    font,
                    x: *x,
                    baseline,
                    glyphs: Vec::new(),
                    kind,
                });
            }
            let ranges = ranges(&block.text, &cluster.range, &glyphs, run.is_rtl());
            for (glyph, range) in glyphs.into_iter().zip(ranges) {
                if let Some(stretch) = block.stretches.last_mut() {
                    stretch.glyphs.push(KrillaGlyph::new(
                        GlyphId::new(glyph.id),
                        glyph.advance / size,
                        glyph.x / size,
                        glyph.y / size,
                        0.0,
                        range,
                        None,
                    ));
                }
                *x += glyph.advance;
            }
        }
    }

    /// Keeps what could not be drawn.
    fn note(&mut self, text: &str, range: Range<usize>) {
        let Some(character) = text.get(range) else { return };
        if self.missing.iter().any(|known| known.character == character) {
            return;
        }
        let code = character
            .chars()
            .map(|c| format!("U+{:04X}", u32::from(c)))
            .collect::<Vec<_>>()
            .join(" ");
        self.missing.push(MissingGlyph {
            character: character.to_owned(),
            code,
            text: contract::text::clip(text, 120).to_owned(),
        });
    }
}

/// A glyph of a cluster.
struct Drawn {
    id: u32,
    x: f32,
    y: f32,
    advance: f32,
}

/// Characters that are drawn together.
struct Drawing {
    range: Range<usize>,
    is_emoji: bool,
    glyphs: Vec<Drawn>,
}

/// Which characters each glyph of a cluster stands for. Usually all of them: then the file says what the glyphs mean together.
/// Programs that read a file from right to left turn round what one glyph or one such group says, so there a mark is said by
/// the glyph of the mark.
fn ranges(text: &str, cluster: &Range<usize>, glyphs: &[Drawn], is_rtl: bool) -> Vec<Range<usize>> {
    let whole = || vec![cluster.clone(); glyphs.len()];
    let Some(piece) = text.get(cluster.clone()).filter(|_| is_rtl) else {
        return whole();
    };
    let mut parts: Vec<Range<usize>> = piece
        .char_indices()
        .map(|(at, c)| cluster.start + at..cluster.start + at + c.len_utf8())
        .collect();
    match (glyphs, parts.as_slice()) {
        (_, same) if same.len() == glyphs.len() => {
            // The glyphs go from left to right.
            parts.reverse();
            parts
        }
        // Several marks that are one glyph.
        ([mark, base], [letter, next, ..]) if mark.advance == 0.0 && base.advance > 0.0 => {
            vec![next.start..cluster.end, letter.clone()]
        }
        _ => whole(),
    }
}

/// The clusters of a run in the order of the text. A ligature is one.
fn clusters(run: &Run<'_, ()>) -> Vec<Drawing> {
    let mut found: Vec<Drawing> = Vec::new();
    for cluster in run.clusters() {
        if cluster.is_ligature_continuation()
            && let Some(last) = found.last_mut()
        {
            last.range.end = last.range.end.max(cluster.text_range().end);
            continue;
        }
        found.push(Drawing {
            range: cluster.text_range(),
            is_emoji: cluster.is_emoji(),
            glyphs: cluster
                .glyphs()
                .map(|glyph| Drawn {
                    id: glyph.id,
                    x: glyph.x,
                    y: glyph.y,
                    advance: glyph.advance,
                })
                .collect(),
        });
    }
    found
}

/// The characters for which the layout found no glyph, each once.
fn absent(layout: &Layout<()>, text: &str) -> Vec<char> {
    let mut found = Vec::new();
    for run in layout.lines().flat_map(|line| line.runs().collect::<Vec<_>>()) {
        for cluster in clusters(&run) {
            if cluster.glyphs.iter().all(|glyph| glyph.id != 0) {
                continue;
            }
            let piece = text.get(cluster.range).unwrap_or_default();
            for c in piece.chars().filter(|c| !c.is_control()) {
                if !found.contains(&c) {
                    found.push(c);
                }
            }
        }
    }
    found
}
