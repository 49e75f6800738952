//! How a server of a book is reached, and what can be wrong on the way.

use crate::{names, wire};

names! {
    /// Why a connection is not secure enough. No password was sent.
    pub enum TlsProblem {
        /// The server offers no secured connection.
        NotOffered = "not_offered",
        /// It offers only versions of TLS that are not safe any more.
        OldProtocol = "old_protocol",
        /// No trusted authority vouches for it.
        UnknownAuthority = "unknown_authority",
        /// Its certificate vouches for itself.
        SelfSigned = "self_signed",
        /// Its certificate is out of date.
        Expired = "expired",
        /// Its certificate is for another name.
        WrongName = "wrong_name",
        /// The file of authorities cannot be read, or holds none.
        UnreadableAuthority = "unreadable_authority",
        /// It asks for a certificate of the client, and there is none.
        CertificateNeeded = "certificate_needed",
    }
}

names! {
    /// A step on the way to a book on a server.
    pub enum ConnectionStep {
        /// The name of the host leads somewhere.
        Name = "name",
        /// Something answers there.
        Reach = "reach",
        /// The connection is secured and checked.
        Secure = "secure",
        /// User and password are right.
        SignIn = "sign_in",
        /// The role may use or make a book.
        Rights = "rights",
        /// What is there.
        Book = "book",
    }
}

wire! {
    /// How a step went.
    pub struct StepAnswer {
        /// Which step.
        pub step: ConnectionStep,
        /// Whether it went well.
        pub is_done: bool,
        /// What was found: the host, the port, who vouches, the user, the rights, the version; or why not.
        pub detail: String,
    }
}
