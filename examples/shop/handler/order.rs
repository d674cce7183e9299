use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use metrics_runtime::{counted, timed};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::business::{EmailKind, family};
use crate::domain::{self, OrderStatus, OrderUpdate, moment, see_through, session};
use crate::error::ShopError;
use crate::store::{NewOrder, ProductSales};

#[derive(Deserialize)]
pub(crate) struct Wish {
    product_id: i64,
    quantity: u32,
}

/// `POST /orders`
#[timed]
#[counted]
pub(crate) async fn place_order(
    State(app): State<App>,
    headers: HeaderMap,
    Json(Wish {
        product_id,
        quantity,
    }): Json<Wish>,
) -> Result<(StatusCode, Json<Value>), ShopError> {
    let user_id = session::authenticate(&app.store, &headers).await?;
    let product = app.store.products.find(product_id).await?;
    let product = product.ok_or(ShopError::NotFound("product"))?;
    let total_cents = domain::quote(product.price_cents, quantity)?;

    let orders = app.store.orders;
    let order = NewOrder {
        user_id,
        product_id,
        quantity,
        total_cents,
    };
    let id = see_through(async move {
        let id = orders.insert(&order).await?;
        let total = domain::dollars(order.total_cents);
        family::order_total_amount().observe(total);
        family::order_value_dollars().observe(total);
        Ok(id)
    })
    .await?;
    app.updates.publish(OrderUpdate {
        user_id,
        id,
        status: OrderStatus::Placed,
    });
    Ok((
        StatusCode::CREATED,
        Json(json!({ "id": id, "total_cents": total_cents })),
    ))
}

/// `POST /orders/{id}/payment`
#[timed]
#[counted]
pub(crate) async fn pay_order(
    State(app): State<App>,
    Path(id): Path<i64>,
    headers: HeaderMap,
    Json(payment): Json<domain::Payment>,
) -> Result<Json<Value>, ShopError> {
    let user_id = session::authenticate(&app.store, &headers).await?;
    let order = app.store.orders.find(id, user_id).await?;
    let order = order.ok_or(ShopError::NotFound("order"))?;
    if order.paid {
        return Err(ShopError::AlreadyPaid);
    }

    app.acknowledgements.acknowledge(&headers);
    domain::charge(&payment, order.total_cents).await?;
    let store = app.store;
    see_through(async move {
        if store.orders.mark_paid(id).await? == 0 {
            return Err(ShopError::AlreadyPaid);
        }
        let (kind, now) = (EmailKind::Receipt, moment::now());
        store
            .emails
            .queue(kind, user_id, &id.to_string(), now)
            .await?;
        Ok(())
    })
    .await?;
    app.updates.publish(OrderUpdate {
        user_id,
        id,
        status: OrderStatus::Paid,
    });
    Ok(Json(json!({ "paid_cents": order.total_cents })))
}

/// `GET /reports/sales`
#[timed]
#[counted]
pub(crate) async fn sales_report(
    State(app): State<App>,
) -> Result<Json<Vec<ProductSales>>, ShopError> {
    Ok(Json(app.store.orders.sales().await?))
}
