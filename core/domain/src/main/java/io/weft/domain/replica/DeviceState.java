package io.weft.domain.replica;

/** What a node says of a port's device. */
public enum DeviceState {
    /** The device is there and forwards. */
    UP,
    /** There is no device, or it is down. */
    DOWN,
    /** The node could not do what was asked. */
    ERROR
}
