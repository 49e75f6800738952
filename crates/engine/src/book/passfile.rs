//! The password file that Postgres's own programs read: <https://www.postgresql.org/docs/current/libpq-pgpass.html>.

use std::{fs, path::PathBuf};

/// The password for a place, from the file of `PGPASSFILE` or `~/.pgpass`.
pub fn password(host: &str, port: u16, database: &str, user: &str) -> Option<String> {
    let file = std::env::var_os("PGPASSFILE")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".pgpass")))?;
    if !is_private(&file) {
        return None;
    }
    let port = port.to_string();
    find(&fs::read_to_string(file).ok()?, [host, &port, database, user])
}

/// A file that others can read is not used, as Postgres's own programs do not.
fn is_private(file: &PathBuf) -> bool {
    let Ok(found) = fs::metadata(file) else { return false };
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0 {
        tracing::warn!("the password file can be read by others and is not used");
        return false;
    }
    found.is_file()
}

/// The password of the first line that fits.
fn find(text: &str, wanted: [&str; 4]) -> Option<String> {
    text.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut fields = fields(line).into_iter();
        for want in wanted {
            let field = fields.next()?;
            if field != "*" && field != want {
                return None;
            }
        }
        fields.next()
    })
}

/// The five fields of a line; a backslash takes the meaning from a colon or a backslash.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ':' if fields.len() < 5 => fields.push(String::new()),
            letter => {
                let letter = if letter == '\\' { letters.next().unwrap_or('\\') } else { letter };
                if let Some(last) = fields.last_mut() {
                    last.push(letter);
                }
            }
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_fits_gives_the_password() {
        let text = "# a note\nother:*:*:*:no\ndb.example:5432:books:ann:s:e\\:c\\\\ret\n*:*:*:*:last";
        assert_eq!(find(text, ["db.example", "5432", "books", "ann"]).as_deref(), Some("s:e:c\\ret"));
        assert_eq!(find(text, ["db.example", "5433", "books", "ann"]).as_deref(), Some("last"));
        assert_eq!(find("a:b", ["a", "b", "c", "d"]), None);
    }
}
