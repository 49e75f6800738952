//! The engine beside the bare driver, both on the book of a server.

use std::ffi::OsStr;

use anyhow::{Result, anyhow, ensure};
use engine::{BookLocation, Server as Address, record::Asked};
use serde_json::{Value, json};
use sqlx::postgres::PgConnectOptions;

use crate::{
    bare::{Bare, numbered},
    book,
    desk::Desk,
    report::Report,
    same::{self, Row},
    timing::Times,
};

/// Runs of either side before times are taken: the server plans a prepared statement anew five times, and then perhaps once for
/// all.
pub const WARM: usize = 8;

/// Where a book on a server is.
pub struct Place {
    url: String,
    schema: String,
    /// A port of this computer that leads there.
    way: Option<u16>,
}

impl Place {
    /// Of the book of so many customers.
    pub fn new(url: &str, customers: u32) -> Self {
        Self {
            url: url.to_owned(),
            schema: format!("bench_{customers}"),
            way: None,
        }
    }

    /// The same by another way.
    pub fn by(&self, port: u16) -> Self {
        Self {
            url: self.url.clone(),
            schema: self.schema.clone(),
            way: Some(port),
        }
    }

    /// How the engine finds it.
    pub fn address(&self) -> Result<Address> {
        let mut address = Address::parse(&self.url, &self.schema).map_err(|error| anyhow!("{error}"))?;
        if let Some(port) = self.way {
            "127.0.0.1".clone_into(&mut address.host);
            address.port = port;
        }
        Ok(address)
    }

    /// How the driver finds it.
    fn options(&self) -> Result<PgConnectOptions> {
        let options: PgConnectOptions = self.url.parse()?;
        let options = options.options([("search_path", self.schema.as_str())]);
        Ok(match self.way {
            Some(port) => options.host("127.0.0.1").port(port),
            None => options,
        })
    }

    /// Makes the book.
    pub fn fill(&self, customers: u32, report: &mut Report) -> Result<()> {
        println!("making a book of {customers} customers on the server");
        let place = ["--postgres", &self.url, "--schema", &self.schema].map(OsStr::new);
        let seconds = book::demo(&place, customers)?;
        report.fact(
            &format!("book of {customers} on the server"),
            json!({ "seconds": seconds, "customers_per_second": f64::from(customers) / seconds }),
        );
        Ok(())
    }
}

/// An open book on a server, and a connection to the same place.
pub struct Server {
    bare: Bare,
    pub desk: Desk,
}

impl Server {
    pub fn open(place: &Place) -> Result<Self> {
        let desk = Desk::open(BookLocation::Server(place.address()?))?;
        let bare = desk.runtime.block_on(Bare::open(&place.options()?))?;
        Ok(Self { bare, desk })
    }

    /// Does at once what a server does by itself within minutes of so many writes, so that it does not do it meanwhile.
    pub fn settle(&mut self) -> Result<()> {
        for sql in ["VACUUM ANALYZE", "CHECKPOINT"] {
            self.desk.runtime.block_on(self.bare.run(sql))?;
        }
        Ok(())
    }

    /// Asks the driver.
    pub fn ask(&mut self, asked: &Asked) -> Result<Vec<Row>> {
        self.desk.runtime.block_on(self.bare.ask(&asked.sql, &asked.values))
    }

    /// A query without values.
    pub fn ask_plainly(&mut self, sql: &str) -> Result<Vec<Row>> {
        self.desk.runtime.block_on(self.bare.ask(sql, &[]))
    }

    fn ask_all(&mut self, all: &[Asked]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for asked in all {
            rows = self.ask(asked)?;
        }
        Ok(rows)
    }

    /// Measures a request in turn with the same query through the driver: the times of both. Either side has run it as often as
    /// the other, so that the server has planned it alike for both.
    pub fn measure(&mut self, name: &str, request: &Value, runs: usize) -> Result<(Times, Times)> {
        // As on a file: what has fallen due is moved first.
        self.desk.call(name, request)?;
        let (answer, asked) = self.desk.asked(name, request)?;
        ensure!(!asked.is_empty(), "{name} asks nothing");
        let asked: Vec<Asked> = asked
            .into_iter()
            .map(|asked| Asked {
                sql: numbered(&asked.sql),
                values: asked.values,
            })
            .collect();
        same::check(request, &answer, &self.ask_all(&asked)?)?;
        for _ in 0..WARM {
            self.desk.call(name, request)?;
            self.ask_all(&asked)?;
        }
        let (mut ours, mut bare) = (Times::default(), Times::default());
        for _ in 0..runs {
            ours.take(|| self.desk.call(name, request))?;
            bare.take(|| self.ask_all(&asked))?;
        }
        Ok((ours, bare))
    }
}
