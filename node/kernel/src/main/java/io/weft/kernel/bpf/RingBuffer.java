package io.weft.kernel.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.weft.kernel.Errno;
import io.weft.kernel.FileDescriptor;
import io.weft.kernel.KernelException;
import io.weft.kernel.Libc;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * Reads the records that programs write into a ring buffer, on a platform thread of its own.
 *
 * <p>The buffer is mapped as the kernel documents it (Documentation/bpf/ringbuf.rst): a page with the reader's place,
 * a page with the writers', then the data twice in a row so that no record is broken. Only the thread touches it.
 */
public final class RingBuffer implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(RingBuffer.class.getName());
    private static final int BUSY = 1 << 31;
    private static final int DISCARDED = 1 << 30;
    private static final int HEADER = 8;
    private static final long PAGE = Libc.pageSize();
    private static final VarHandle POSITION = ValueLayout.JAVA_LONG.varHandle();
    private static final VarHandle LENGTH = ValueLayout.JAVA_INT.varHandle();

    private final BpfMap map;
    private final Consumer<MemorySegment> consumer;
    private final FileDescriptor wake;
    private final MemorySegment readerPage;
    private final MemorySegment writerPages;
    private final long mask;
    private final Thread thread;
    private volatile boolean closing;

    private RingBuffer(BpfMap map, String threadName, Consumer<MemorySegment> consumer) {
        this.map = map;
        this.consumer = consumer;
        long size = Integer.toUnsignedLong(map.info().maxEntries());
        this.mask = size - 1;
        this.wake = FileDescriptor.of(Libc.eventfd(), "eventfd");
        this.readerPage = map(map, 0, PAGE, Libc.PROT_READ | Libc.PROT_WRITE);
        this.writerPages = map(map, PAGE, PAGE + 2 * size, Libc.PROT_READ);
        this.thread = Thread.ofPlatform().name(threadName).daemon().unstarted(this::run);
    }

    /**
     * Starts to read; what is in the buffer already comes first.
     *
     * @param map of type {@link MapType#RING_BUFFER}; must stay open until this is closed
     * @param consumer gets each record, which is gone when it returns; what it throws is logged and the next is read
     */
    public static RingBuffer start(BpfMap map, String threadName, Consumer<MemorySegment> consumer) {
        if (map.info().type() != MapType.RING_BUFFER.number()) {
            throw new IllegalArgumentException("map " + map.info().name() + " is no ring buffer");
        }
        RingBuffer buffer = new RingBuffer(map, threadName, consumer);
        buffer.thread.start();
        return buffer;
    }

    /** What it reads from. */
    public BpfMap map() {
        return map;
    }

    private static MemorySegment map(BpfMap map, long offset, long length, int protection) {
        long address = KernelException.check(
                Libc.mmapShared(map.fd(), offset, length, protection),
                "map ring buffer " + map.info().name());
        return MemorySegment.ofAddress(address).reinterpret(length);
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment descriptors = arena.allocate(16, 4);
            watch(descriptors, 0, map.fd());
            watch(descriptors, 8, wake.number());
            while (!closing) {
                int result = Libc.poll(descriptors, -1);
                if (result != -Errno.EINTR) {
                    KernelException.check(
                            result, "poll ring buffer " + map.info().name());
                }
                drain();
            }
        }
    }

    private static void watch(MemorySegment descriptors, long offset, int fd) {
        descriptors.set(JAVA_INT, offset, fd);
        descriptors.set(JAVA_SHORT, offset + 4, Libc.POLLIN);
    }

    private void drain() {
        long at = (long) POSITION.getAcquire(readerPage, 0L);
        long end = (long) POSITION.getAcquire(writerPages, 0L);
        while (at < end && !closing) {
            long place = PAGE + (at & mask);
            int length = (int) LENGTH.getAcquire(writerPages, place);
            if ((length & BUSY) != 0) {
                // Its writer is not done yet and wakes us when it is.
                return;
            }
            int size = length & ~DISCARDED;
            if ((length & DISCARDED) == 0) {
                deliver(writerPages.asSlice(place + HEADER, size).asReadOnly());
            }
            at += (size + HEADER + 7L) / 8 * 8;
            POSITION.setRelease(readerPage, 0L, at);
            if (at == end) {
                end = (long) POSITION.getAcquire(writerPages, 0L);
            }
        }
    }

    private void deliver(MemorySegment record) {
        try {
            consumer.accept(record);
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "record of ring buffer " + map.info().name() + " failed", e);
        }
    }

    /** Stops the thread and waits for it; records that are not read stay in the buffer. Not for the consumer to call. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        try (Arena arena = Arena.ofConfined()) {
            KernelException.check(Libc.write(wake.number(), arena.allocateFrom(JAVA_LONG, 1)), "wake ring buffer");
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
        Libc.munmap(readerPage, readerPage.byteSize());
        Libc.munmap(writerPages, writerPages.byteSize());
        wake.close();
    }
}
