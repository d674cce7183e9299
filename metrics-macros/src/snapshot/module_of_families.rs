#[metrics]
pub mod business {
    /// Payments by status and place.
    #[remote]
    #[cap(50)]
    pub fn payments_total(status: PaymentStatus, place: &str) -> Counter;

    /// Baskets that are open.
    pub fn open_baskets() -> Gauge;
}
