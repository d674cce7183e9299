pub mod business {
    use super::*;
    /// Payments by status and place.
    pub fn payments_total(
        status: PaymentStatus,
        place: &str,
    ) -> ::metrics_runtime::Counter {
        ::metrics_runtime::__site!(
            __SITE "payments_total" false::metrics_runtime::global(), Handle const { &
            ::metrics_runtime::__private::Desc::counter("payments_total",
            "Payments by status and place.", & ["status", "place"]).cap(50).remote(&
            [::core::option::Option::Some(< PaymentStatus as
            ::metrics_runtime::ClosedLabel > ::VALUES), ::core::option::Option::None]) },
            [Argument 0usize, Argument 1usize]
        );
        ::metrics_runtime::__private::open::<_, 2usize>(&__SITE, [&status, &place])
    }
    /// Baskets that are open.
    pub fn open_baskets() -> ::metrics_runtime::Gauge {
        ::metrics_runtime::__site!(
            __SITE "open_baskets" false::metrics_runtime::global(), Handle const { &
            ::metrics_runtime::__private::Desc::gauge("open_baskets",
            "Baskets that are open.", & []).closed(& []) }, []
        );
        const _: () = ::core::assert!(
            1 <= 10_000,
            "the labels of this family multiply to more than 10,000 series; \
                 give it `#[cap(n)]`, or fewer labels"
        );
        ::metrics_runtime::__private::closed::<_, 0usize>(&__SITE, [])
    }
}
