package io.weft.agent.bfd;

import static io.weft.kernel.socket.PacketSocket.FilterInstruction.JUMP_EQUAL;
import static io.weft.kernel.socket.PacketSocket.FilterInstruction.LOAD_BYTE;
import static io.weft.kernel.socket.PacketSocket.FilterInstruction.LOAD_SHORT;
import static io.weft.kernel.socket.PacketSocket.FilterInstruction.RETURN;

import io.weft.kernel.KernelException;
import io.weft.kernel.socket.PacketSocket;
import io.weft.kernel.socket.PacketSocket.FilterInstruction;
import io.weft.responders.BfdFrames;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Control packets on a device into an external network. It has a thread that receives; any thread may send. */
final class Link implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Link.class.getName());
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final int KEPT_BYTES = 256;

    /** Where a filter finds whether the kernel has taken a VLAN tag off (SKF_AD_VLAN_TAG_PRESENT): the network has none. */
    private static final int TAG_PRESENT = -0x1000 + 48;

    /**
     * UDP to the port of control packets with a hop limit of 255, over IPv4 without options or IPv6 without extension headers. All
     * else costs next to nothing.
     */
    private static final List<FilterInstruction> FILTER = List.of(
            new FilterInstruction(LOAD_BYTE, 0, 0, TAG_PRESENT),
            new FilterInstruction(JUMP_EQUAL, 0, 18, 0),
            new FilterInstruction(LOAD_SHORT, 0, 0, 12),
            new FilterInstruction(JUMP_EQUAL, 0, 8, 0x0800),
            new FilterInstruction(LOAD_BYTE, 0, 0, 14),
            new FilterInstruction(JUMP_EQUAL, 0, 14, 0x45),
            new FilterInstruction(LOAD_BYTE, 0, 0, 23),
            new FilterInstruction(JUMP_EQUAL, 0, 12, 17),
            new FilterInstruction(LOAD_BYTE, 0, 0, 22),
            new FilterInstruction(JUMP_EQUAL, 0, 10, 255),
            new FilterInstruction(LOAD_SHORT, 0, 0, 36),
            new FilterInstruction(JUMP_EQUAL, 7, 8, BfdFrames.PORT),
            new FilterInstruction(JUMP_EQUAL, 0, 7, 0x86dd),
            new FilterInstruction(LOAD_BYTE, 0, 0, 20),
            new FilterInstruction(JUMP_EQUAL, 0, 5, 17),
            new FilterInstruction(LOAD_BYTE, 0, 0, 21),
            new FilterInstruction(JUMP_EQUAL, 0, 3, 255),
            new FilterInstruction(LOAD_SHORT, 0, 0, 56),
            new FilterInstruction(JUMP_EQUAL, 0, 1, BfdFrames.PORT),
            new FilterInstruction(RETURN, 0, 0, KEPT_BYTES),
            new FilterInstruction(RETURN, 0, 0, 0));

    private final int ifindex;
    private final PacketSocket socket;
    private volatile boolean closing;
    private volatile boolean open = true;

    /**
     * @param receiver hears what is said on the device, on a thread of this object's
     * @throws KernelException when the device is gone
     */
    Link(int ifindex, Consumer<BfdFrames.Received> receiver) {
        this.ifindex = ifindex;
        socket = PacketSocket.open(ifindex, PacketSocket.ALL_PROTOCOLS, FILTER);
        Thread.ofPlatform().name("bfd-receive").daemon().start(() -> receive(receiver));
    }

    private void receive(Consumer<BfdFrames.Received> receiver) {
        while (!closing) {
            try {
                socket.receive(PATIENCE)
                        .flatMap(frame -> BfdFrames.read(frame.bytes()))
                        .ifPresent(receiver);
            } catch (KernelException e) {
                if (!closing) {
                    LOGGER.log(Level.WARNING, "external network is not heard", e);
                }
                open = false;
                socket.close();
                return;
            }
        }
    }

    /** Sends a frame, or loses it, as the network may, too. */
    void send(byte[] frame) {
        try {
            socket.send(ifindex, frame);
        } catch (KernelException e) {
            LOGGER.log(
                    Level.DEBUG,
                    "frame not sent",
                    Map.entry("ifindex", ifindex),
                    Map.entry("reason", String.valueOf(e.getMessage())));
        }
    }

    /** Whether it still hears anything. */
    boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        closing = true;
        socket.close();
    }
}
