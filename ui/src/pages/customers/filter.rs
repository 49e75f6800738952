//! What of the customers is listed, and in which order.

use std::rc::Rc;

use contract::{
    CustomerId,
    customer::{CountCustomers, CustomerPage, CustomerRow, CustomerSort, ListCustomers},
    stats::CustomerStats,
};

use crate::{
    ipc::{self, Lane},
    pages::list_page::{Answer, Counting, Part, Wanted},
};

/// What of the customers is listed, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// As typed.
    pub search: String,
    /// Only active, or only inactive ones.
    pub is_active: Option<bool>,
    /// The archived ones instead of the others.
    pub is_archived: bool,
    /// Only those with, or only those without.
    pub having: [Option<bool>; 3],
    /// The order.
    pub sort: CustomerSort,
    /// Whether the largest comes first.
    pub is_descending: bool,
}

/// What a customer may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Having {
    /// Licenses of any status.
    Licenses,
    /// Subscriptions of any status.
    Subscriptions,
    /// Something left to pay.
    Outstanding,
}

impl Having {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Licenses, Self::Subscriptions, Self::Outstanding];

    /// As on the page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Licenses => "Licenses",
            Self::Subscriptions => "Subscriptions",
            Self::Outstanding => "Outstanding invoices",
        }
    }

    /// In a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Licenses => "licenses",
            Self::Subscriptions => "subscriptions",
            Self::Outstanding => "outstanding invoices",
        }
    }

    fn slot(self) -> usize {
        match self {
            Self::Licenses => 0,
            Self::Subscriptions => 1,
            Self::Outstanding => 2,
        }
    }
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            search: String::new(),
            is_active: None,
            is_archived: false,
            having: [None; 3],
            sort: CustomerSort::CreatedAt,
            is_descending: true,
        }
    }
}

impl Filter {
    /// Whether it hides any customer.
    pub fn is_narrowing(&self) -> bool {
        self.term().is_some() || self.is_active.is_some() || self.is_archived || self.having.iter().any(Option::is_some)
    }

    /// Without what hides customers; the order stays.
    pub fn cleared(&self) -> Self {
        Self {
            sort: self.sort,
            is_descending: self.is_descending,
            ..Self::default()
        }
    }

    /// Whether customers must have something, or must not.
    pub fn having(&self, what: Having) -> Option<bool> {
        self.having.get(what.slot()).copied().flatten()
    }

    /// With another answer to that.
    pub fn with_having(mut self, what: Having, value: Option<bool>) -> Self {
        if let Some(slot) = self.having.get_mut(what.slot()) {
            *slot = value;
        }
        self
    }

    /// Those whom one figure counts, in the same order.
    #[must_use]
    pub fn outstanding() -> Self {
        Self::default().with_having(Having::Outstanding, Some(true))
    }

    /// Sorted by another column in its natural direction, or by the same the other way round.
    pub fn sorted(mut self, by: CustomerSort) -> Self {
        self.is_descending = if self.sort == by {
            !self.is_descending
        } else {
            !matches!(by, CustomerSort::FullName | CustomerSort::Email | CustomerSort::CompanyName)
        };
        self.sort = by;
        self
    }

    /// The search term, if there is one.
    pub fn term(&self) -> Option<&str> {
        Some(self.search.trim()).filter(|term| !term.is_empty())
    }

    /// The request for a list, without a position.
    pub fn request(&self) -> ListCustomers {
        ListCustomers {
            search: self.term().map(str::to_owned),
            is_active: self.is_active,
            has_licenses: self.having(Having::Licenses),
            has_subscriptions: self.having(Having::Subscriptions),
            has_outstanding: self.having(Having::Outstanding),
            archived: self.is_archived,
            sort: Some(self.sort),
            descending: Some(self.is_descending),
            ..ListCustomers::default()
        }
    }

    /// The request for the exact number.
    pub fn count_request(&self) -> CountCustomers {
        CountCustomers {
            search: self.term().map(str::to_owned),
            is_active: self.is_active,
            has_licenses: self.having(Having::Licenses),
            has_subscriptions: self.having(Having::Subscriptions),
            has_outstanding: self.having(Having::Outstanding),
            archived: self.is_archived,
        }
    }

    /// What nobody matches, as a sentence.
    pub fn no_match(&self) -> String {
        let status = match self.is_active {
            _ if self.is_archived => "archived ",
            Some(true) => "active ",
            Some(false) => "inactive ",
            None => "",
        };
        let term = self
            .term()
            .map(|term| format!(" matches “{}”", contract::text::clip(term, 60)))
            .unwrap_or_default();
        let having: Vec<String> = Having::ALL
            .iter()
            .filter_map(|what| Some(format!("{} {}", if self.having(*what)? { "with" } else { "without" }, what.noun())))
            .collect();
        let having = if having.is_empty() {
            String::new()
        } else {
            format!(" {}", having.join(" and "))
        };
        if term.is_empty() {
            format!("There is no {status}customer{having}")
        } else {
            format!("No {status}customer{having}{term}")
        }
    }
}

impl Wanted for Filter {
    type Row = CustomerRow;
    type Id = CustomerId;
    type Figures = CustomerStats;
    type Request = ListCustomers;

    fn lists_the_same(&self, other: &Self) -> bool {
        self.term() == other.term()
            && Self {
                search: String::new(),
                ..self.clone()
            } == Self {
                search: String::new(),
                ..other.clone()
            }
    }

    fn is_usual(&self) -> bool {
        self.lists_the_same(&Self::default())
    }

    fn request_of(&self, part: Part) -> ListCustomers {
        ListCustomers {
            limit: part.limit,
            after: part.after,
            at: part.at,
            with_stats: part.has_figures,
            ..self.request()
        }
    }

    fn answer(page: CustomerPage) -> Answer<Self> {
        Answer {
            items: page.items,
            next: page.next,
            total: page.total,
            total_is_exact: page.total_is_exact,
            figures: page.stats,
        }
    }

    fn id(row: &CustomerRow) -> CustomerId {
        row.id
    }

    fn count(&self, lane: Rc<Lane>) -> Option<Counting> {
        let request = self.count_request();
        Some(Box::pin(async move {
            ipc::call_in(&lane, &request).await.ok().map(|count| count.total)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_sorts_in_its_natural_direction_first_and_then_the_other_way() {
        let by_name = Filter::default().sorted(CustomerSort::FullName);
        assert!(!by_name.is_descending);
        assert!(by_name.clone().sorted(CustomerSort::FullName).is_descending);
        assert!(by_name.sorted(CustomerSort::Revenue).is_descending);
        assert!(!Filter::default().sorted(CustomerSort::CreatedAt).is_descending);
    }

    #[test]
    fn blanks_around_a_term_are_not_another_search() {
        let typed = |search: &str| Filter {
            search: search.to_owned(),
            ..Filter::default()
        };
        assert!(typed("ann ").lists_the_same(&typed(" ann")));
        assert!(!typed("ann").lists_the_same(&typed("anna")));
        assert!(!typed("  ").is_narrowing());
        assert_eq!(typed(" ").request().search, None);
    }

    #[test]
    fn what_nobody_matches_is_said_in_words() {
        let filter = Filter {
            search: "hofmnan".to_owned(),
            is_active: Some(true),
            ..Filter::default()
        };
        assert_eq!(filter.no_match(), "No active customer matches “hofmnan”");
        let archived = Filter {
            is_archived: true,
            ..Filter::default()
        };
        assert_eq!(archived.no_match(), "There is no archived customer");
        assert!(archived.request().archived && archived.count_request().archived && archived.is_narrowing());
        let filter = Filter::default()
            .with_having(Having::Licenses, Some(false))
            .with_having(Having::Outstanding, Some(true));
        assert_eq!(
            filter.no_match(),
            "There is no customer without licenses and with outstanding invoices"
        );
        assert_eq!(filter.cleared(), Filter::default());
    }
}
