//! Which passwords go with the books that this computer remembers.

use std::{io, sync::Arc};

use contract::{
    connection::{BookPlace, Connection},
    desktop::KnownBooks,
};

use crate::startup::Books;

impl Books {
    /// Takes a book off the list. Its password is forgotten, unless another book on the list needs the same.
    ///
    /// # Errors
    /// If the list cannot be written; then nothing is forgotten.
    pub async fn forget(&self, place: &BookPlace) -> io::Result<KnownBooks> {
        self.known.forget(place)?;
        if let BookPlace::Server { connection } = place {
            self.secrets.forget(connection, &self.known.servers()).await;
        }
        Ok(self.known.list())
    }

    /// Forgets the passwords of connections that are not remembered any more. Nobody waits for that: the keyring may take a while.
    pub(crate) fn forget_passwords(&self, gone: Vec<Connection>) {
        let (secrets, needed_by) = (Arc::clone(&self.secrets), self.known.servers());
        tauri::async_runtime::spawn(async move {
            for connection in gone {
                secrets.forget(&connection, &needed_by).await;
            }
        });
    }
}
