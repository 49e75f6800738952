//! A statement of account: what a customer was billed and paid, day by day.

use contract::{
    Money,
    document::WithoutXml,
    party::Party,
    payment::{Statement, StatementLine},
};

use crate::{
    Desk, Fault, Made,
    lines::Closing,
    locale::Locale,
    page::{Group, Ink, Role},
    sheet::{Cover, Fact, Head, Sheet, make},
    table::{Cell, Column, Table},
    typeset::{Align, Style},
    words::filled,
};

/// The table of the entries, and of the summary above it.
const TABLE: usize = 0;

/// The account of a customer.
#[derive(Clone, Debug)]
pub struct Account {
    /// What happened.
    pub statement: Statement,
    /// Who sells, as it is now.
    pub seller: Party,
    /// Who buys, as it is now.
    pub buyer: Party,
}

/// A statement of account as a file.
///
/// # Errors
/// A fault of the app.
pub fn statement(account: &Account, desk: &Desk) -> Result<Made, Fault> {
    let country = account.buyer.country.as_deref().or(account.seller.country.as_deref());
    let locale = Locale::of(desk.language.as_deref(), country);
    let cover = Cover {
        title: format!("{} · {}", locale.words.statement, account.buyer.name),
        name: format!("{} {} {}", locale.words.statement, account.buyer.name, account.statement.to),
        xml: Err(WithoutXml::NoInvoice),
    };
    make(desk, &account.seller, locale, &cover, |sheet| draw(sheet, account, &cover.title))
}

fn draw(sheet: &mut Sheet<'_>, account: &Account, title: &str) {
    let (locale, words) = (sheet.locale, sheet.locale.words);
    let statement = &account.statement;
    let foot = sheet.foot(&account.buyer);
    let time = match statement.from {
        Some(from) => locale.days(from, statement.to),
        None => filled(words.until, &[("day", &locale.day(statement.to))]),
    };
    let mut facts = vec![Fact::new(words.covered, time)];
    facts.extend(account.buyer.vat_id.as_ref().map(|id| Fact::new(words.your_vat_id, id)));
    let mut y = sheet.head(&Head {
        title: words.statement,
        mark: None,
        recipient: &account.buyer,
        facts,
    });
    let band = band(sheet, statement);
    let height = band.height;
    if let Some(page) = sheet.pages.last_mut() {
        band.put(page, sheet.frame.left, y);
    }
    y += height + 14.0;
    let table = entries(sheet, statement);
    let sums = sheet.total(words.closing, &locale.money(statement.closing));
    let running = format!("{title} · {}", sheet.seller.name);
    let closing = Closing {
        beside: Some(how_to_pay(sheet, statement)),
        sums,
        notes: sheet.notes(&[], statement.lines.is_empty().then_some(words.no_entries)),
    };
    sheet.flow(table, closing, &running, y, foot.top - 12.0);
    sheet.finish(&foot);
}

/// What was charged and credited in all.
fn turnover(statement: &Statement) -> (i64, i64) {
    let sum = |sign: i64| {
        statement
            .lines
            .iter()
            .map(|line| line.amount.amount)
            .filter(|amount| amount.signum() == sign)
            .fold(0_i64, i64::saturating_add)
    };
    (sum(1), sum(-1).saturating_neg())
}

/// Opening balance, what was charged, what was credited, closing balance: side by side.
fn band(sheet: &mut Sheet<'_>, statement: &Statement) -> Group {
    let (locale, words) = (sheet.locale, sheet.locale.words);
    let (charged, credited) = turnover(statement);
    let money = |amount| locale.money(Money::new(amount, statement.closing.currency));
    let parts = [
        (words.opening, money(statement.opening.amount)),
        (words.charged, money(charged)),
        (words.credited, money(credited)),
        (words.closing, money(statement.closing.amount)),
    ];
    let inner = sheet.frame.inner();
    let width = inner / 4.0;
    let mut height = 0.0_f32;
    let mut blocks = Vec::new();
    for (at, (label, value)) in (0_u16..).zip(parts) {
        let ink = if at == 3 { Ink::Accent } else { Ink::Text };
        let label = sheet.setter.set(label, Style::plain(7.5).ink(Ink::Muted), width - 20.0);
        let value = sheet.setter.set(&value, Style::plain(12.0).bold().ink(ink), width - 16.0);
        height = height.max(label.height + value.height);
        blocks.push((f32::from(at) * width + 10.0, label, value));
    }
    let mut group = Group {
        height: height + 20.0,
        ..Group::default()
    };
    group.page.fill(0.0, 0.0, inner, group.height, Ink::Soft);
    for (x, label, value) in blocks {
        let below = label.height + 1.0;
        group.page.text(label, x, 9.0, Role::Text);
        group.page.text(value, x, 9.0 + below, Role::Text);
    }
    group
}

fn entries(sheet: &mut Sheet<'_>, statement: &Statement) -> Table {
    let (locale, words) = (sheet.locale, sheet.locale.words);
    let currency = statement.closing.currency;
    let column = |title: &str, width, align| Column {
        title: title.to_owned(),
        width,
        align,
    };
    let (money_width, day_width, kind_width) = (76.0, 70.0, 98.0);
    let columns = vec![
        column(words.day, day_width, Align::Left),
        column(words.entry, kind_width, Align::Left),
        column(
            words.reference,
            sheet.frame.inner() - day_width - kind_width - 3.0 * money_width,
            Align::Left,
        ),
        column(words.charged, money_width, Align::Right),
        column(words.credited, money_width, Align::Right),
        column(&format!("{}, {}", words.balance, currency.code()), money_width, Align::Right),
    ];
    let amount = |amount: i64| Cell::plain(locale.amount(amount, currency));
    let row = |line: &StatementLine| {
        let (charged, credited) = if line.amount.amount < 0 {
            (Cell::default(), amount(line.amount.amount.saturating_neg()))
        } else {
            (amount(line.amount.amount), Cell::default())
        };
        vec![
            Cell::plain(locale.short_day(line.on)),
            Cell::plain(words.kind(line.kind)),
            Cell::plain(line.reference.clone().unwrap_or_default()),
            charged,
            credited,
            amount(line.balance.amount),
        ]
    };
    let first = statement.from.map(|from| locale.short_day(from)).unwrap_or_default();
    let mut rows = vec![vec![
        Cell::plain(first),
        Cell::bold(words.opening),
        Cell::default(),
        Cell::default(),
        Cell::default(),
        Cell::bold(locale.amount(statement.opening.amount, currency)),
    ]];
    rows.extend(statement.lines.iter().map(row));
    Table::new(TABLE, columns, rows, &mut sheet.setter)
}

fn how_to_pay(sheet: &mut Sheet<'_>, statement: &Statement) -> Group {
    let (locale, words) = (sheet.locale, sheet.locale.words);
    let owed = statement.closing;
    let amount = locale.money(Money::new(owed.amount.saturating_abs(), owed.currency));
    match owed.amount.signum() {
        0 => sheet.sentence(words.settled),
        1 => sheet.payment(&filled(words.owed, &[("amount", &amount)]), None),
        _ => sheet.sentence(&filled(words.credit, &[("amount", &amount)])),
    }
}
