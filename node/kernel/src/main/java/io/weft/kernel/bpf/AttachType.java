package io.weft.kernel.bpf;

/** Where on an interface a program may run, with its number in {@code enum bpf_attach_type}. */
public enum AttachType {
    /** Packets that enter the host through the interface. */
    TCX_INGRESS(46),
    /** Packets that leave the host through the interface. */
    TCX_EGRESS(47),
    /** Frames as the driver takes them in. */
    XDP(37);

    private final int number;

    AttachType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
