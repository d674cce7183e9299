//! The wire format of protocol buffers, as far as it is written here.
//!
//! <https://protobuf.dev/programming-guides/encoding/>

/// Writes an integer in groups of seven bits, the lowest first.
pub(super) fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push((value & 0x7f) as u8);
}

fn key(out: &mut Vec<u8>, field: u32, wire: u32) {
    varint(out, u64::from(field << 3 | wire));
}

/// Writes a field that is an unsigned integer or an enumeration.
pub(super) fn integer(out: &mut Vec<u8>, field: u32, value: u64) {
    key(out, field, 0);
    varint(out, value);
}

/// Writes a field that is a signed integer, of small absolute value mostly.
pub(super) fn signed(out: &mut Vec<u8>, field: u32, value: i64) {
    integer(out, field, (value << 1 ^ value >> 63).cast_unsigned());
}

/// Writes a field that is a double.
pub(super) fn double(out: &mut Vec<u8>, field: u32, value: f64) {
    key(out, field, 1);
    out.extend_from_slice(&value.to_le_bytes());
}

/// Writes a field that is a string or a message.
pub(super) fn bytes(out: &mut Vec<u8>, field: u32, value: &[u8]) {
    key(out, field, 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

#[cfg(test)]
mod tests {
    use super::{bytes, double, integer, signed};

    // Vectors of the encoding guide. Mutation: a group more or less.
    #[test]
    fn fields_are_encoded_as_the_guide_has_them() {
        let mut out = Vec::new();
        integer(&mut out, 1, 150);
        assert_eq!(out, [0x08, 0x96, 0x01]);
        out.clear();
        bytes(&mut out, 2, b"testing");
        assert_eq!(out, *b"\x12\x07testing");
        out.clear();
        double(&mut out, 1, 1.0);
        assert_eq!(out, [0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
        for (value, byte) in [(0, 0), (-1, 1), (1, 2), (-2, 3)] {
            out.clear();
            signed(&mut out, 1, value);
            assert_eq!(out, [0x08, byte]);
        }
        out.clear();
        integer(&mut out, 3, u64::MAX);
        assert_eq!(out, *b"\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    }
}
