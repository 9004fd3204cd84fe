package io.weft.bench;

import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.socket.TapDevice;

/**
 * Stands for a hypervisor, without emulating a machine: a process that carries frames between a tap of the host and a tap
 * that is the only device of a namespace, with checksums and segmentation left undone as virtio has it.
 */
public final class Relay {
    private Relay() {}

    /** Joins two taps, which exist: {@code NAMESPACE DEVICE NAMESPACE DEVICE}. */
    public static void main(String[] arguments) throws InterruptedException {
        try (TapDevice one = open(arguments[0], arguments[1]);
                TapDevice other = open(arguments[2], arguments[3])) {
            Thread back = Thread.ofPlatform().start(() -> other.relayTo(one));
            one.relayTo(other);
            back.join();
        }
    }

    private static TapDevice open(String namespace, String device) {
        try (NetworkNamespace inside = NetworkNamespace.open(namespace)) {
            TapDevice tap = TapDevice.open(inside, device, true);
            tap.acceptOffloads();
            return tap;
        }
    }
}
