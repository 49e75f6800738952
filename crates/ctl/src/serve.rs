//! One JSON object a line in, one out, in the same order.

use std::io::{self, BufRead, Read, Write};

use contract::{Error, Problem, Timestamp};
use engine::App;
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest line, without its end.
const MAX_LINE: usize = 1 << 20;

/// A line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    #[serde(default)]
    id: Value,
    op: String,
    #[serde(default)]
    request: Value,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    now: Option<Timestamp>,
}

/// Answers lines until the input ends.
pub async fn serve(app: &App, mut input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        let most = u64::try_from(MAX_LINE).unwrap_or(u64::MAX).saturating_add(1);
        if input.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let is_whole = line.last() == Some(&b'\n') || line.len() <= MAX_LINE;
        if !is_whole {
            skip_line(&mut input)?;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = if is_whole {
            answer(app, &line).await
        } else {
            let max = u32::try_from(MAX_LINE).unwrap_or(u32::MAX);
            refusal(
                &Value::Null,
                &Error::field(
                    "",
                    Problem::TooLong {
                        max,
                        actual: max.saturating_add(1),
                    },
                ),
            )
        };
        output.write_all(answer.as_bytes())?;
        output.write_all(b"\n")?;
        output.flush()?;
    }
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (used, is_end) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        input.consume(used);
        if is_end {
            return Ok(());
        }
    }
}

async fn answer(app: &App, line: &[u8]) -> String {
    let envelope: Envelope = match serde_json::from_slice(line) {
        Ok(envelope) => envelope,
        Err(error) => return refusal(&Value::Null, &Error::field("", Problem::WrongShape { detail: error.to_string() })),
    };
    if let Some(now) = envelope.now
        && let Err(error) = app.set_now(now).await
    {
        return refusal(&envelope.id, &error);
    }
    match app.call_json(&envelope.op, envelope.request, envelope.key).await {
        // The output is JSON text already.
        Ok(output) => format!(r#"{{"id":{},"ok":{output}}}"#, envelope.id),
        Err(error) => refusal(&envelope.id, &error),
    }
}

fn refusal(id: &Value, error: &Error) -> String {
    format!(r#"{{"id":{id},"error":{}}}"#, json!(error))
}
