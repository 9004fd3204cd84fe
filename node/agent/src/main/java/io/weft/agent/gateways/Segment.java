package io.weft.agent.gateways;

import static io.weft.kernel.socket.PacketSocket.FilterInstruction.JUMP_EQUAL;
import static io.weft.kernel.socket.PacketSocket.FilterInstruction.LOAD_BYTE;
import static io.weft.kernel.socket.PacketSocket.FilterInstruction.LOAD_SHORT;
import static io.weft.kernel.socket.PacketSocket.FilterInstruction.RETURN;

import io.weft.kernel.KernelException;
import io.weft.kernel.socket.PacketSocket;
import io.weft.kernel.socket.PacketSocket.FilterInstruction;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.responders.NeighbourFrames;
import io.weft.responders.NeighbourFrames.Heard;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The external network's side of the watch: who has which address there, by ARP and neighbour discovery on a device. It has a
 * thread that receives; any thread may ask.
 */
final class Segment implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Segment.class.getName());
    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final int KEPT_BYTES = 256;

    /** ARP, and of IPv6 neighbour solicitations and advertisements without extension headers. */
    private static final List<FilterInstruction> FILTER = List.of(
            new FilterInstruction(LOAD_SHORT, 0, 0, 12),
            new FilterInstruction(JUMP_EQUAL, 6, 0, 0x0806),
            new FilterInstruction(JUMP_EQUAL, 0, 6, 0x86dd),
            new FilterInstruction(LOAD_BYTE, 0, 0, 20),
            new FilterInstruction(JUMP_EQUAL, 0, 4, 58),
            new FilterInstruction(LOAD_BYTE, 0, 0, 54),
            new FilterInstruction(JUMP_EQUAL, 1, 0, 135),
            new FilterInstruction(JUMP_EQUAL, 0, 1, 136),
            new FilterInstruction(RETURN, 0, 0, KEPT_BYTES),
            new FilterInstruction(RETURN, 0, 0, 0));

    private final int ifindex;
    private final PacketSocket socket;
    private volatile boolean closing;

    /**
     * @param receiver hears what is said on the device, on a thread of this object's
     * @throws KernelException when the device is gone
     */
    Segment(int ifindex, Consumer<Heard> receiver) {
        this.ifindex = ifindex;
        socket = PacketSocket.open(ifindex, PacketSocket.ALL_PROTOCOLS, FILTER);
        Thread.ofPlatform().name("external-watch").daemon().start(() -> receive(receiver));
    }

    private void receive(Consumer<Heard> receiver) {
        while (!closing) {
            try {
                socket.receive(PATIENCE)
                        .flatMap(frame -> NeighbourFrames.read(frame.bytes()))
                        .ifPresent(receiver);
            } catch (KernelException e) {
                if (!closing) {
                    LOGGER.log(Level.WARNING, "external network is not heard", e);
                }
                return;
            }
        }
    }

    /** Asks who has an address; a question that cannot be sent is not asked. */
    boolean ask(MacAddress asker, IpAddress address, MacAddress named) {
        try {
            socket.send(ifindex, NeighbourFrames.question(asker, address, named));
            return true;
        } catch (KernelException e) {
            LOGGER.log(
                    Level.DEBUG,
                    "question not sent",
                    Map.entry("address", address),
                    Map.entry("reason", String.valueOf(e.getMessage())));
            return false;
        }
    }

    @Override
    public void close() {
        closing = true;
        socket.close();
    }
}
