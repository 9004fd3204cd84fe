package io.weft.agent.answers;

import io.weft.agent.tables.DesiredTable;
import io.weft.kernel.KernelException;
import io.weft.kernel.socket.PacketSocket;
import io.weft.responders.PortView;
import io.weft.responders.Responders;
import io.weft.responders.VlanTag;
import io.weft.vrouter.Subport;
import io.weft.vrouter.Tag;
import io.weft.vrouter.VrouterEvent;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers what the data path hands over, on the data path's own reader thread; the data path has policed each port
 * already. The node's thread changes the views and sends what is due.
 */
public final class Answers implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Answers.class.getName());

    /** Soon after a change, but not all ports of a network in the same instant. */
    private static final long SOON = TimeUnit.MILLISECONDS.toNanos(500);

    /** Hosts may have just come up: the first advertisements follow closer (RFC 4861 section 6.2.4). */
    private static final int INITIAL = 3;

    private static final long INITIAL_INTERVAL = TimeUnit.SECONDS.toNanos(16);

    private static final class Advertised {
        long due;
        int sent;
    }

    private final Map<Integer, PortView> views = new ConcurrentHashMap<>();
    private final Map<Integer, Tag> tags = new ConcurrentHashMap<>();
    private final Map<Integer, Advertised> advertised = new HashMap<>();
    private final PacketSocket socket;
    private final Random random = new Random();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong questions = new AtomicLong();

    /**
     * @param desired the views by the place of their ports
     * @param subports how those that are subports are reached
     * @param socket sends frames out of devices
     */
    public Answers(
            DesiredTable<Integer, PortView> desired, DesiredTable<Integer, Subport> subports, PacketSocket socket) {
        this.socket = socket;
        subports.onChange(place -> {
            Subport subport = subports.find(place);
            if (subport == null) {
                tags.remove(place);
            } else {
                tags.put(place, subport.tag());
            }
        });
        desired.onChange(ifindex -> changed(ifindex, desired));
    }

    private void changed(int ifindex, DesiredTable<Integer, PortView> desired) {
        PortView view = desired.find(ifindex);
        if (view == null) {
            views.remove(ifindex);
            advertised.remove(ifindex);
            return;
        }
        views.put(ifindex, view);
        if (view.answersRouterSolicitations()) {
            Advertised state = new Advertised();
            state.due = System.nanoTime() + SOON + random.nextLong(SOON);
            advertised.put(ifindex, state);
        } else {
            advertised.remove(ifindex);
        }
    }

    /** An event of the data path. */
    public void accept(VrouterEvent event) {
        if (event instanceof VrouterEvent.Punt punt) {
            questions.incrementAndGet();
            PortView view = views.get(punt.ifindex());
            if (view != null) {
                send(punt.ifindex(), Responders.answer(punt.frame(), view));
            }
        }
    }

    /** Sends the advertisements that are due; the node's thread calls this every second or so. */
    public void advertise() {
        long now = System.nanoTime();
        advertised.forEach((ifindex, state) -> {
            PortView view = views.get(ifindex);
            if (view == null || state.due - now > 0) {
                return;
            }
            send(ifindex, Responders.advertisements(view));
            state.sent++;
            long longest = Responders.ADVERTISEMENT_INTERVAL.toNanos();
            long interval = longest / 3 + random.nextLong(longest * 2 / 3);
            state.due = now + (state.sent < INITIAL ? Math.min(INITIAL_INTERVAL, interval) : interval);
        });
    }

    private void send(int place, List<byte[]> frames) {
        Tag tag = tags.get(place);
        int ifindex = tag == null ? place : tag.device();
        if (tag == null && Tag.isSubport(place)) {
            return; // It has just gone.
        }
        try {
            for (byte[] frame : frames) {
                socket.send(ifindex, tag == null ? frame : VlanTag.insert(frame, tag.vlan()));
                answers.incrementAndGet();
            }
        } catch (KernelException e) {
            // A device that is down or gone hears nothing; its workload asks again.
            LOGGER.log(Level.DEBUG, "answer not sent", Map.entry("ifindex", ifindex), Map.entry("reason", e));
        }
    }

    /** How many frames were handed over since the start. */
    public long questions() {
        return questions.get();
    }

    /** How many frames were sent since the start. */
    public long answers() {
        return answers.get();
    }

    @Override
    public void close() {
        socket.close();
    }
}
