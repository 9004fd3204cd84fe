package io.weft.kernel.netlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouteMonitorTest {
    private final Lab lab = new Lab();
    private final Host host = lab.host("host");
    private final LinkedBlockingQueue<RouteEvent> events = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        lab.close();
    }

    private void expect(Predicate<RouteEvent> wanted) throws InterruptedException {
        List<RouteEvent> others = new ArrayList<>();
        RouteEvent event = events.poll(5, TimeUnit.SECONDS);
        while (event != null && !wanted.test(event)) {
            others.add(event);
            event = events.poll(5, TimeUnit.SECONDS);
        }
        assertThat(event).as("none of these: %s", others).isNotNull();
    }

    @Test
    void tellsOfLinksAddressesRoutesAndNeighbours() throws Exception {
        RouteNetlink netlink = host.netlink();
        lab.closing(RouteMonitor.start(host.namespace(), EnumSet.allOf(RouteMonitor.Subject.class), events::add));
        netlink.createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        expect(event -> event instanceof RouteEvent.LinkChanged(Link link)
                && link.name().equals("a")
                && link.kind().equals("veth")
                && !link.isUp());
        host.up("a").up("b");
        expect(event -> event instanceof RouteEvent.LinkChanged(Link link)
                && link.name().equals("a")
                && link.hasCarrier());
        int index = host.index("a");
        InterfaceAddress address = new InterfaceAddress(index, IpAddress.parse("192.0.2.1"), 24);
        netlink.addAddress(address);
        expect(new RouteEvent.AddressChanged(address)::equals);
        Route route = Route.onLink(IpPrefix.parse("198.51.100.0/24"), index);
        netlink.addRoute(route);
        expect(new RouteEvent.RouteChanged(route)::equals);
        netlink.deleteRoute(route);
        expect(new RouteEvent.RouteRemoved(route)::equals);
        Neighbour neighbour =
                Neighbour.permanent(index, IpAddress.parse("192.0.2.7"), MacAddress.parse("02:00:00:00:00:07"));
        netlink.setNeighbour(neighbour);
        expect(new RouteEvent.NeighbourChanged(neighbour)::equals);
        netlink.deleteAddress(address);
        expect(new RouteEvent.AddressRemoved(address)::equals);
        netlink.deleteLink(index);
        expect(event -> event instanceof RouteEvent.LinkRemoved(Link link) && link.index() == index);
    }

    @Test
    void hearsOnlyWhatWasAskedFor() throws Exception {
        lab.closing(RouteMonitor.start(host.namespace(), Set.of(RouteMonitor.Subject.ADDRESSES), events::add));
        host.netlink().createVeth(LinkEnd.of("a"), LinkEnd.of("b"));
        host.address("a", "192.0.2.1/24");
        assertThat(events.poll(5, TimeUnit.SECONDS)).isInstanceOf(RouteEvent.AddressChanged.class);
    }

    @Test
    void saysThatEventsWereLost() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        int tiny = 4096;
        lab.closing(RouteMonitor.start(host.namespace(), Set.of(RouteMonitor.Subject.LINKS), tiny, event -> {
            begun.countDown();
            try {
                stuck.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            events.add(event);
        }));
        host.netlink().createVeth(LinkEnd.of("a0"), LinkEnd.of("b0"));
        begun.await();
        for (int i = 1; i < 50; i++) {
            host.netlink().createVeth(LinkEnd.of("a" + i), LinkEnd.of("b" + i));
        }
        stuck.countDown();
        expect(RouteEvent.ResyncNeeded.class::isInstance);
        // From then on nothing is missed.
        host.up("a0");
        expect(event -> event instanceof RouteEvent.LinkChanged(Link link)
                && link.name().equals("a0")
                && link.isUp());
    }
}
