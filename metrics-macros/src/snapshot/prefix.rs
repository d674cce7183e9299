#[track_model(read, model = "Post", prefix = "blog", buckets = [0.1, 1.0], labels(shard = shard))]
fn posts(shard: u8) -> Vec<Post> {
    read(shard)
}
