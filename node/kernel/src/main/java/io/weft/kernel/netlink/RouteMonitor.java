package io.weft.kernel.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.weft.kernel.Errno;
import io.weft.kernel.FileDescriptor;
import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import io.weft.kernel.namespace.NetworkNamespace;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells what changes in a namespace, on a platform thread of its own.
 *
 * <p>Events come in the kernel's order. Whoever wants the whole state starts the monitor first and asks then: events
 * may repeat what was asked, never miss it.
 */
public final class RouteMonitor implements AutoCloseable {
    /** What to hear of. */
    public enum Subject {
        LINKS(0x1),
        NEIGHBOURS(0x4),
        ADDRESSES(0x10 | 0x100),
        ROUTES(0x40 | 0x400);

        private final int groups;

        Subject(int groups) {
            this.groups = groups;
        }
    }

    private static final System.Logger LOGGER = System.getLogger(RouteMonitor.class.getName());
    private static final int RECEIVE_BUFFER = 8 << 20;

    private final NetlinkSocket socket;
    private final Consumer<RouteEvent> consumer;
    private final FileDescriptor wake = FileDescriptor.of(Libc.eventfd(), "eventfd");
    private final Thread thread;
    private volatile boolean closing;

    private RouteMonitor(Set<Subject> subjects, int receiveBuffer, Consumer<RouteEvent> consumer) {
        int groups = 0;
        for (Subject subject : subjects) {
            groups |= subject.groups;
        }
        this.consumer = consumer;
        this.socket = new NetlinkSocket(0, groups);
        this.socket.receiveBuffer(receiveBuffer);
        this.thread = Thread.ofPlatform().name("rtnetlink monitor").daemon().unstarted(this::run);
    }

    /**
     * Starts to listen; once this returns nothing is missed.
     *
     * @param consumer called by the monitor's thread; what it throws is logged and the next event follows
     */
    public static RouteMonitor start(NetworkNamespace namespace, Set<Subject> subjects, Consumer<RouteEvent> consumer) {
        return start(namespace, subjects, RECEIVE_BUFFER, consumer);
    }

    /** Starts to listen in the calling thread's namespace. */
    public static RouteMonitor start(Set<Subject> subjects, Consumer<RouteEvent> consumer) {
        RouteMonitor monitor = new RouteMonitor(EnumSet.copyOf(subjects), RECEIVE_BUFFER, consumer);
        monitor.thread.start();
        return monitor;
    }

    static RouteMonitor start(
            NetworkNamespace namespace, Set<Subject> subjects, int receiveBuffer, Consumer<RouteEvent> consumer) {
        RouteMonitor monitor =
                namespace.call(() -> new RouteMonitor(EnumSet.copyOf(subjects), receiveBuffer, consumer));
        monitor.thread.start();
        return monitor;
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment descriptors = arena.allocate(16, 4);
            descriptors.set(JAVA_INT, 0, socket.fd());
            descriptors.set(JAVA_SHORT, 4, Libc.POLLIN);
            descriptors.set(JAVA_INT, 8, wake.number());
            descriptors.set(JAVA_SHORT, 12, Libc.POLLIN);
            while (!closing) {
                int ready = Libc.poll(descriptors, -1);
                if (ready != -Errno.EINTR) {
                    KernelException.check(ready, "poll netlink socket");
                }
                receive();
            }
        }
    }

    /**
     * Reads until the socket is empty.
     *
     * <p>From an overflow on, the kernel drops whatever comes until its queue has been read to the end, and says so
     * only once. So the consumer is told at that end: whoever asks anew before it could still miss a change.
     */
    private void receive() {
        boolean lost = false;
        while (!closing) {
            boolean told = !lost;
            int received = socket.receiveUnasked(message -> {
                if (told) {
                    decode(message).ifPresent(this::deliver);
                }
            });
            if (received == -Errno.ENOBUFS) {
                lost = true;
            } else if (received == -Errno.EAGAIN) {
                if (lost) {
                    deliver(new RouteEvent.ResyncNeeded());
                }
                return;
            } else if (received < 0 && received != -Errno.EINTR) {
                throw new KernelException("receive from netlink socket", -received);
            }
        }
    }

    private static Optional<RouteEvent> decode(NetlinkSocket.Message message) {
        return switch (message.type()) {
            case LinkCodec.NEW ->
                LinkCodec.decode(message.type(), message.body()).map(RouteEvent.LinkChanged::new);
            case LinkCodec.DELETE ->
                LinkCodec.decode(message.type(), message.body()).map(RouteEvent.LinkRemoved::new);
            case AddressCodec.NEW ->
                AddressCodec.decode(message.type(), message.body()).map(RouteEvent.AddressChanged::new);
            case AddressCodec.DELETE ->
                AddressCodec.decode(message.type(), message.body()).map(RouteEvent.AddressRemoved::new);
            case RouteCodec.NEW ->
                RouteCodec.decode(message.type(), message.body()).map(RouteEvent.RouteChanged::new);
            case RouteCodec.DELETE ->
                RouteCodec.decode(message.type(), message.body()).map(RouteEvent.RouteRemoved::new);
            case NeighbourCodec.NEW ->
                NeighbourCodec.decode(message.type(), message.body()).map(RouteEvent.NeighbourChanged::new);
            case NeighbourCodec.DELETE ->
                NeighbourCodec.decode(message.type(), message.body()).map(RouteEvent.NeighbourRemoved::new);
            default -> Optional.empty();
        };
    }

    private void deliver(RouteEvent event) {
        try {
            consumer.accept(event);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "an event of rtnetlink failed: " + event, e);
        }
    }

    /** Stops the thread and waits for it. Not for the consumer to call. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        try (Arena arena = Arena.ofConfined()) {
            KernelException.check(Libc.write(wake.number(), arena.allocateFrom(JAVA_LONG, 1)), "wake monitor");
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        socket.close();
        wake.close();
    }
}
