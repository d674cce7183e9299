#[timed]
#[counted]
pub mod handlers {
    use super::Cart;

    pub struct Order<T = u64>(pub T);

    pub async fn checkout(cart: Cart) -> Order {
        pay(cart).await
    }

    #[timed(skip)]
    #[counted(name = "orders_total")]
    fn order() -> Order {
        Order(1)
    }

    pub const fn most() -> u64 {
        10
    }

    impl Order {
        fn id(&self) -> u64 {
            self.0
        }
    }
}
