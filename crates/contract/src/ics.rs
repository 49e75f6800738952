//! The days on which domains end, as a calendar file (RFC 5545) that any calendar reads.

use std::fmt::Write;

use crate::{Timestamp, domain::Domain};

/// Bytes of a line, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

/// Days before the end on which a calendar reminds: those of the two notices before expiry that registrars send (ICANN, Expired
/// Registration Recovery Policy: about one month and one week).
const REMINDED: [u32; 2] = [30, 7];

/// The calendar: one day-long event for each domain that ends. The same domain has the same name in every file, so that a
/// calendar that reads the next file moves its day and does not double it.
#[must_use]
pub fn calendar(domains: &[Domain], now: Timestamp) -> String {
    let mut text = String::new();
    let mut line = |content: &str| fold(&mut text, content);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Clientele//Domains//EN");
    line("CALSCALE:GREGORIAN");
    line("X-WR-CALNAME:Domains");
    let stamp = now.utc().format("%Y%m%dT%H%M%SZ");
    for domain in domains {
        let Some(day) = domain.expires_on else { continue };
        line("BEGIN:VEVENT");
        line(&format!("UID:{}@domains.clientele", domain.id));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("SEQUENCE:{}", domain.version));
        line(&format!("DTSTART;VALUE=DATE:{}", day.format("%Y%m%d")));
        if let Some(next) = day.succ_opt() {
            line(&format!("DTEND;VALUE=DATE:{}", next.format("%Y%m%d")));
        }
        line(&format!("SUMMARY:{}", escaped(&format!("{} ends", domain.unicode_name))));
        line(&format!("DESCRIPTION:{}", escaped(&description(domain))));
        line("TRANSP:TRANSPARENT");
        for days in REMINDED {
            line("BEGIN:VALARM");
            line("ACTION:DISPLAY");
            line(&format!(
                "DESCRIPTION:{}",
                escaped(&format!("{} ends in {days} days", domain.unicode_name))
            ));
            line(&format!("TRIGGER:-P{days}D"));
            line("END:VALARM");
        }
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    text
}

fn description(domain: &Domain) -> String {
    let mut text = domain.customer_name.clone();
    if domain.name != domain.unicode_name {
        // Writing into a text does not fail.
        let _ = write!(text, "\n{}", domain.name);
    }
    if let Some(registrar) = &domain.registrar {
        let _ = write!(text, "\n{registrar}");
    }
    text.push_str(if domain.auto_renew {
        "\nRenews itself"
    } else {
        "\nDoes not renew itself"
    });
    text
}

/// A text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => value.push_str("\\\\"),
            ';' => value.push_str("\\;"),
            ',' => value.push_str("\\,"),
            '\n' => value.push_str("\\n"),
            c if c.is_control() => {}
            c => value.push(c),
        }
    }
    value
}

/// A line with its end, folded before it is longer than 75 bytes and never within a character.
fn fold(text: &mut String, content: &str) {
    let mut length = 0;
    for c in content.chars() {
        if length + c.len_utf8() > LINE {
            text.push_str("\r\n ");
            // The space counts.
            length = 1;
        }
        text.push(c);
        length += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn domain(name: &str, unicode: &str, customer: &str, expires_on: Option<&str>) -> Domain {
        let id = "0193a7c0-1111-7222-8333-444455556601";
        serde_json::from_value(json!({
            "id": id, "customer_id": id, "customer_name": customer, "name": name, "unicode_name": unicode, "registrar": "Example, Inc.",
            "registered_on": null, "expires_on": expires_on, "auto_renew": true, "status": "registered",
            "created_at": "2026-11-22T09:00:00.000Z", "version": 3
        }))
        .unwrap()
    }

    fn of(domains: &[Domain]) -> String {
        calendar(domains, "2026-11-22T09:30:00.000Z".parse().unwrap())
    }

    /// As a calendar reads it: lines that begin with a space belong to the one before.
    fn unfolded(text: &str) -> Vec<String> {
        text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn an_event_is_the_last_day_as_a_whole() {
        let text = of(&[
            domain("example.com", "example.com", "Lena", Some("2026-12-31")),
            domain("none.example", "none.example", "Lena", None),
        ]);
        let lines = unfolded(&text);
        let want = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Clientele//Domains//EN",
            "CALSCALE:GREGORIAN",
            "X-WR-CALNAME:Domains",
            "BEGIN:VEVENT",
            "UID:0193a7c0-1111-7222-8333-444455556601@domains.clientele",
            "DTSTAMP:20261122T093000Z",
            "SEQUENCE:3",
            "DTSTART;VALUE=DATE:20261231",
            "DTEND;VALUE=DATE:20270101",
            "SUMMARY:example.com ends",
            "DESCRIPTION:Lena\\nExample\\, Inc.\\nRenews itself",
            "TRANSP:TRANSPARENT",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "DESCRIPTION:example.com ends in 30 days",
            "TRIGGER:-P30D",
            "END:VALARM",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            "DESCRIPTION:example.com ends in 7 days",
            "TRIGGER:-P7D",
            "END:VALARM",
            "END:VEVENT",
            "END:VCALENDAR",
        ];
        assert_eq!(lines, want);
    }

    #[test]
    fn every_line_ends_with_both_marks_and_is_no_longer_than_75_bytes() {
        let name = "Verlag für außerordentlich lange Namen; mit, allem \\ was dazugehört 📚📚📚📚📚📚📚📚📚📚📚📚";
        let text = of(&[domain("xn--bcher-kva.example", "bücher.example", name, Some("2027-02-28"))]);
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        let description = unfolded(&text).into_iter().find(|line| line.starts_with("DESCRIPTION:")).unwrap();
        assert!(description.contains("Namen\\; mit\\, allem \\\\ was"));
        assert!(
            description.contains("📚📚📚📚📚📚📚📚📚📚📚📚\\nxn--bcher-kva.example\\n"),
            "{description}"
        );
    }

    #[test]
    fn a_name_cannot_smuggle_a_line_in() {
        let text = of(&[domain("a.example", "a.example", "Lena\r\nEND:VEVENT", Some("2027-02-28"))]);
        assert_eq!(unfolded(&text).iter().filter(|line| *line == "END:VEVENT").count(), 1);
    }
}
