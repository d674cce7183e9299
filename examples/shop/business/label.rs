//! The closed sets that are labels of the business.

use metrics_runtime::{ClosedLabel, LabelValue};
use serde::Deserialize;

/// A value as the label has it, which the database has, too.
pub(crate) fn text<E: ClosedLabel + Copy>(value: E) -> &'static str {
    E::VALUES[value.index()]
}

#[derive(Clone, Copy, LabelValue)]
pub(crate) enum LoginMethod {
    Password,
    /// By the token of an older session.
    Session,
    /// By a link that came by e-mail.
    MagicLink,
}

/// Where a visitor came from; what a page makes up is `other`.
#[derive(Clone, Copy, Deserialize, LabelValue)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    Direct,
    Search,
    Social,
    Email,
    Referral,
    #[serde(other)]
    Other,
}

#[derive(Clone, Copy, Deserialize, LabelValue)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EventCategory {
    Navigation,
    Engagement,
    Conversion,
    #[serde(other)]
    Other,
}

#[derive(Clone, Copy, Deserialize, LabelValue)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EventAction {
    Open,
    Click,
    Scroll,
    Share,
    Complete,
    #[serde(other)]
    Other,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, LabelValue, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChatType {
    /// From one user to another.
    Direct,
    /// To all who are there.
    Group,
    /// To the shop.
    Support,
}

/// What a WebSocket is for.
#[derive(Clone, Copy, LabelValue)]
pub(crate) enum ConnectionType {
    Orders,
    Direct,
    Group,
    Support,
}

impl From<ChatType> for ConnectionType {
    fn from(chat_type: ChatType) -> Self {
        match chat_type {
            ChatType::Direct => Self::Direct,
            ChatType::Group => Self::Group,
            ChatType::Support => Self::Support,
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, LabelValue, PartialEq)]
pub(crate) enum SubmissionStatus {
    OnTime,
    Late,
    /// Not taken: unfit, or there is one already.
    Rejected,
}

#[derive(Clone, Copy, LabelValue)]
pub(crate) enum Verdict {
    Graded,
    /// May be submitted again.
    Returned,
}

#[derive(Clone, Copy, LabelValue)]
pub(crate) enum PaymentStatus {
    Success,
    Declined,
    /// The provider didn't do its work.
    Failed,
    /// The customer went away meanwhile.
    Cancelled,
}

#[derive(Clone, Copy, LabelValue)]
pub(crate) enum PaymentMethod {
    Card,
    Invoice,
    Wallet,
}

#[derive(Clone, Copy, Debug, Eq, LabelValue, PartialEq)]
pub(crate) enum EmailKind {
    Welcome,
    Receipt,
    LoginLink,
}

impl EmailKind {
    /// The kind that the database calls so.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let kinds = [Self::Welcome, Self::Receipt, Self::LoginLink];
        kinds.into_iter().find(|kind| text(*kind) == name)
    }

    /// The name of the task that sends it.
    pub(crate) const fn task(self) -> &'static str {
        match self {
            Self::Welcome => "send_welcome",
            Self::Receipt => "send_receipt",
            Self::LoginLink => "send_login_link",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_what_a_page_makes_up() {
        let source = |json| serde_json::from_str::<Source>(json).map(text);
        assert!(matches!(source("\"search\""), Ok("search")));
        assert!(matches!(source("\"\\u001b[31m\""), Ok("other")));
    }

    #[test]
    fn finds_a_kind_by_what_the_database_calls_it() {
        for kind in [EmailKind::Welcome, EmailKind::Receipt, EmailKind::LoginLink] {
            assert_eq!(EmailKind::named(text(kind)), Some(kind));
        }
        assert_eq!(EmailKind::named("telegram"), None);
    }
}
