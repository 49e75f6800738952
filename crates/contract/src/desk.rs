//! Who else works on the book, and whether it was changed elsewhere.

use crate::{CustomerId, Timestamp, rules::always_valid, wire};

wire! {
    /// Somebody who works on the book.
    pub struct Desk {
        /// The account.
        pub account_id: CustomerId,
        /// The name.
        pub full_name: String,
        /// The e-mail address.
        pub email: String,
        /// The computer.
        pub computer: String,
        /// Since when.
        pub since: Timestamp,
        /// When the desk was heard of last.
        pub seen_at: Timestamp,
        /// Whether it is the one that asks.
        pub is_own: bool,
    }

    /// Asks who works on the book.
    #[derive(Default)]
    pub struct ListDesks {}

    /// Those who were heard of within two minutes, the one that asks first.
    pub struct DeskList {
        /// All of them.
        pub items: Vec<Desk>,
    }

    /// Asks for the state of the book: cheap enough to be asked often.
    #[derive(Default)]
    pub struct GetBookState {}

    /// The state of the book.
    pub struct BookState {
        /// Grows with every change, whoever made it.
        pub number: u64,
        /// The number of the last change that was made here.
        pub own_number: u64,
        /// Whether somebody migrates, moves or restores the book, so that it cannot be changed.
        pub is_maintained: bool,
    }
}

always_valid!(ListDesks, GetBookState);
