//! Clients of a network stack.
