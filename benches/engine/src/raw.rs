//! The physical limit: the same linked SQLite through its C interface, with the same pragmas, on the same file.
#![allow(unsafe_code, reason = "the one place that calls C, to be compared with")]

use std::{
    ffi::{CStr, CString, c_int},
    path::Path,
    ptr,
};

use anyhow::{Context, Result, bail, ensure};
use engine::record::{Asked, Bound};
use libsqlite3_sys as c;

/// A connection.
pub struct Raw(*mut c::sqlite3);

/// A prepared statement.
pub struct Statement<'a> {
    handle: *mut c::sqlite3_stmt,
    raw: &'a Raw,
}

impl Raw {
    /// Opens a book as the engine's readers do, or to write.
    pub fn open(path: &Path, writes: bool) -> Result<Self> {
        let name = CString::new(path.to_str().context("the path is not Unicode")?)?;
        let mut handle = ptr::null_mut();
        let flags = c::SQLITE_OPEN_READWRITE | if writes { c::SQLITE_OPEN_CREATE } else { 0 };
        // SAFETY: the name ends in NUL and the handle is written before it is read.
        let code = unsafe { c::sqlite3_open_v2(name.as_ptr(), &mut handle, flags, ptr::null()) };
        let raw = Self(handle);
        ensure!(code == c::SQLITE_OK, "{}: {}", path.display(), raw.message());
        for pragma in [
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "busy_timeout = 5000",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "mmap_size = 0",
            "temp_store = MEMORY",
            "secure_delete = ON",
            "cache_size = -8192",
        ] {
            raw.run(&format!("PRAGMA {pragma}"))?;
        }
        Ok(raw)
    }

    fn message(&self) -> String {
        // SAFETY: SQLite keeps the message until the next call on this connection.
        unsafe { CStr::from_ptr(c::sqlite3_errmsg(self.0)) }.to_string_lossy().into_owned()
    }

    /// Runs statements without values.
    pub fn run(&self, sql: &str) -> Result<()> {
        let text = CString::new(sql)?;
        // SAFETY: the text ends in NUL; no callback is given.
        let code = unsafe { c::sqlite3_exec(self.0, text.as_ptr(), None, ptr::null_mut(), ptr::null_mut()) };
        ensure!(code == c::SQLITE_OK, "{sql}: {}", self.message());
        Ok(())
    }

    /// Prepares a statement.
    pub fn prepare(&self, sql: &str) -> Result<Statement<'_>> {
        let mut handle = ptr::null_mut();
        let length = c_int::try_from(sql.len())?;
        // SAFETY: the length is that of the text.
        let code = unsafe { c::sqlite3_prepare_v2(self.0, sql.as_ptr().cast(), length, &mut handle, ptr::null_mut()) };
        if code != c::SQLITE_OK {
            bail!("{sql}: {}", self.message());
        }
        Ok(Statement { handle, raw: self })
    }

    /// Prepares what the engine asked.
    pub fn prepare_asked(&self, asked: &Asked) -> Result<Statement<'_>> {
        let statement = self.prepare(&asked.sql)?;
        statement.bind(&asked.values)?;
        Ok(statement)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // SAFETY: no statement outlives the connection.
        unsafe { c::sqlite3_close(self.0) };
    }
}

impl Statement<'_> {
    /// Binds values from the first on.
    pub fn bind(&self, values: &[Bound]) -> Result<()> {
        for (at, value) in (1..).zip(values) {
            let length = |bytes: &[u8]| c_int::try_from(bytes.len());
            // SAFETY: SQLite copies what it is given (SQLITE_TRANSIENT).
            let code = unsafe {
                match value {
                    Bound::Null => c::sqlite3_bind_null(self.handle, at),
                    Bound::Number(number) => c::sqlite3_bind_int64(self.handle, at, *number),
                    Bound::Flag(flag) => c::sqlite3_bind_int64(self.handle, at, i64::from(*flag)),
                    Bound::Text(text) => c::sqlite3_bind_text(
                        self.handle,
                        at,
                        text.as_ptr().cast(),
                        length(text.as_bytes())?,
                        c::SQLITE_TRANSIENT(),
                    ),
                    Bound::Id(id) => c::sqlite3_bind_blob(self.handle, at, id.as_ptr().cast(), length(id)?, c::SQLITE_TRANSIENT()),
                }
            };
            ensure!(code == c::SQLITE_OK, "a value cannot be bound: {}", self.raw.message());
        }
        Ok(())
    }

    /// Runs it to its end; answers with the rows as texts.
    pub fn texts(&self) -> Result<Vec<Vec<Option<String>>>> {
        let mut rows = Vec::new();
        // SAFETY: the pointer to a column is good until the next step.
        unsafe {
            loop {
                match c::sqlite3_step(self.handle) {
                    c::SQLITE_ROW => {
                        let columns = c::sqlite3_column_count(self.handle);
                        let text = |column| {
                            let text = c::sqlite3_column_text(self.handle, column);
                            (!text.is_null()).then(|| {
                                let length = usize::try_from(c::sqlite3_column_bytes(self.handle, column)).unwrap_or(0);
                                String::from_utf8_lossy(std::slice::from_raw_parts(text, length)).into_owned()
                            })
                        };
                        rows.push((0..columns).map(text).collect());
                    }
                    c::SQLITE_DONE => break,
                    _ => {
                        let message = self.raw.message();
                        c::sqlite3_reset(self.handle);
                        bail!("{message}");
                    }
                }
            }
            c::sqlite3_reset(self.handle);
        }
        Ok(rows)
    }

    /// Steps of SQLite's machine since this was asked last: work that does not depend on the computer.
    pub fn steps(&self) -> i64 {
        // SAFETY: the statement is alive.
        i64::from(unsafe { c::sqlite3_stmt_status(self.handle, c::SQLITE_STMTSTATUS_VM_STEP, 1) })
    }
}

impl Drop for Statement<'_> {
    fn drop(&mut self) {
        // SAFETY: it was prepared and is finalized once.
        unsafe { c::sqlite3_finalize(self.handle) };
    }
}
