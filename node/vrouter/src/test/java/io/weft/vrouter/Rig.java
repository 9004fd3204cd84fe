package io.weft.vrouter;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.kernel.bpf.BpfFileSystem;
import io.weft.kernel.bpf.BpfObject;
import io.weft.kernel.bpf.BpfProgram;
import io.weft.kernel.bpf.SkbContext;
import io.weft.kernel.bpf.TestRun;
import io.weft.kernel.fixture.Host;
import io.weft.kernel.fixture.Lab;
import io.weft.kernel.fixture.PinDirectory;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * One host whose programs are run on crafted packets. Network 100 has two local guests, alice and bob, and a remote one,
 * carol; network 200 has a remote guest, dave; a router with domain 1 joins the two.
 */
final class Rig implements AutoCloseable {
    static final int DROP = 2;
    static final int REDIRECT = 7;
    static final int GO_ON = -1;

    static final int RED = 100;
    static final int BLUE = 200;
    static final int DOMAIN = 1;
    static final int MTU = 1450;
    static final MacAddress ALICE = MacAddress.parse("fa:16:3e:00:00:01");
    static final MacAddress BOB = MacAddress.parse("fa:16:3e:00:00:02");
    static final MacAddress CAROL = MacAddress.parse("fa:16:3e:00:00:03");
    static final MacAddress DAVE = MacAddress.parse("fa:16:3e:00:00:04");
    static final MacAddress RED_ROUTER = MacAddress.parse("fa:16:3e:ff:00:01");
    static final MacAddress BLUE_ROUTER = MacAddress.parse("fa:16:3e:ff:00:02");
    static final IpAddress ALICE4 = IpAddress.parse("10.0.1.11");
    static final IpAddress ALICE6 = IpAddress.parse("2001:db8:1::11");
    static final IpAddress BOB4 = IpAddress.parse("10.0.1.12");
    static final IpAddress BOB6 = IpAddress.parse("2001:db8:1::12");
    static final IpAddress CAROL4 = IpAddress.parse("10.0.1.13");
    static final IpAddress CAROL6 = IpAddress.parse("2001:db8:1::13");
    static final IpAddress DAVE4 = IpAddress.parse("10.0.2.14");
    static final IpAddress DAVE6 = IpAddress.parse("2001:db8:2::14");
    static final IpAddress RED_GATEWAY4 = IpAddress.parse("10.0.1.1");
    static final IpAddress RED_GATEWAY6 = IpAddress.parse("2001:db8:1::1");
    static final IpAddress BLUE_GATEWAY4 = IpAddress.parse("10.0.2.1");
    static final IpAddress BLUE_GATEWAY6 = IpAddress.parse("2001:db8:2::1");
    static final IpAddress OWN_TUNNEL = IpAddress.parse("192.168.1.2");
    static final IpAddress OTHER_TUNNEL = IpAddress.parse("192.168.2.2");
    static final int OTHER_NODE = 3;
    static final int ALICE_PORT = 1;
    static final int BOB_PORT = 2;
    static final Set<Port.Flag> FLAGS = EnumSet.of(
            Port.Flag.ADMIN_UP,
            Port.Flag.PORT_SECURITY,
            Port.Flag.DHCPV4,
            Port.Flag.DHCPV6,
            Port.Flag.ROUTER_ADVERTISEMENT);

    private final Lab lab = new Lab();
    private final Host host = lab.host("rig");
    private final PinDirectory pins = lab.closing(new PinDirectory());
    KernelVrouter vrouter;
    private final Map<Integer, Integer> spares = new HashMap<>();
    private final Map<Integer, Tag> tags = new HashMap<>();
    private final byte[] image;
    private final Map<String, BpfProgram> programs = new HashMap<>();
    final int alice;
    final int bob;
    final int uplink;
    final int tunnel;

    /** A host whose tables the test fills; only the tunnel is there. */
    static Rig empty() {
        return new Rig(false, Sizes.small(), KernelVrouter.image());
    }

    /** The filled host with room for many more. */
    static Rig large() {
        return new Rig(true, Sizes.standard(), KernelVrouter.image());
    }

    /** The filled host with the programs of an image. */
    static Rig of(byte[] image) {
        return new Rig(true, Sizes.small(), image);
    }

    Rig() {
        this(true, Sizes.small(), KernelVrouter.image());
    }

    private Rig(boolean filled, Sizes sizes, byte[] image) {
        this.image = image;
        vrouter = lab.closing(KernelVrouter.load(new Configuration(pins.path(), sizes), image, HandOver.HOOKS));
        alice = device("alice");
        bob = device("bob");
        uplink = device("uplink");
        host.address("uplink", OWN_TUNNEL + "/24");
        host.netlink().createVxlan(LinkEnd.of("tunnel"), Underlay.VXLAN_PORT);
        host.up("tunnel");
        tunnel = host.index("tunnel");
        vrouter.tables().underlay().put(0, new Underlay(tunnel, uplink, 1500, OWN_TUNNEL, NextHop.ON_LINK));
        vrouter.tables().nodes().put(OTHER_NODE, new NodeAddress(OTHER_TUNNEL));
        if (filled) {
            fill(vrouter.tables());
        }
    }

    /** A device of this number, made when it is first asked for. */
    int spare(int number) {
        return spares.computeIfAbsent(number, n -> device("spare" + n));
    }

    /** The port of this number is behind a tag of a device. */
    void putBehind(int number, Tag tag) {
        tags.put(number, tag);
        tables().places().put(tag, Tag.place(number));
        tables().subports().put(Tag.place(number), new Subport(tag, 0));
    }

    /** Where the port of this number is: behind its tag, or on a device of its own. */
    int place(int number) {
        return tags.containsKey(number) ? Tag.place(number) : spare(number);
    }

    /** The device by which the port of this number sends. */
    int deviceOf(int number) {
        Tag tag = tags.get(number);
        return tag == null ? spare(number) : tag.device();
    }

    /** A frame as it comes out of the port's device. */
    byte[] sent(int number, byte[] frame) {
        Tag tag = tags.get(number);
        return tag == null ? frame : Packets.tagged(frame, tag.vlan());
    }

    private int device(String name) {
        host.netlink().createVeth(LinkEnd.of(name), LinkEnd.of("far-" + name));
        host.up(name).up("far-" + name);
        return host.index(name);
    }

    private void fill(Tables tables) {
        tables.tunnelSources().put(new TunnelSourceKey(OTHER_TUNNEL, RED), OTHER_NODE);
        for (int network : new int[] {RED, BLUE}) {
            tables.networks().put(network, new NetworkFacts(false, false, false, MTU));
        }
        port(alice, ALICE_PORT, ALICE, ALICE4, ALICE6, FLAGS);
        port(bob, BOB_PORT, BOB, BOB4, BOB6, FLAGS);
        guest(RED, ALICE, ALICE4, ALICE6, Place.local(alice));
        guest(RED, BOB, BOB4, BOB6, Place.local(bob));
        guest(RED, CAROL, CAROL4, CAROL6, Place.remote(OTHER_NODE));
        guest(BLUE, DAVE, DAVE4, DAVE6, Place.remote(OTHER_NODE));
        gateway(RED, RED_ROUTER, RED_GATEWAY4, RED_GATEWAY6);
        gateway(BLUE, BLUE_ROUTER, BLUE_GATEWAY4, BLUE_GATEWAY6);
        connected("10.0.1.0/24", RED, RED_ROUTER);
        connected("2001:db8:1::/64", RED, RED_ROUTER);
        connected("10.0.2.0/24", BLUE, BLUE_ROUTER);
        connected("2001:db8:2::/64", BLUE, BLUE_ROUTER);
    }

    void port(int ifindex, int number, MacAddress mac, IpAddress ipv4, IpAddress ipv6, Set<Port.Flag> flags) {
        vrouter.tables().ports().put(ifindex, new Port(number, RED, mac, flags, MTU, ipv4, ipv6));
    }

    void guest(int network, MacAddress mac, IpAddress ipv4, IpAddress ipv6, Place place) {
        vrouter.tables().macs().put(new MacKey(network, mac), place);
        vrouter.tables().addresses().put(new AddressKey(network, ipv4), new AddressOwner(mac, place));
        vrouter.tables().addresses().put(new AddressKey(network, ipv6), new AddressOwner(mac, place));
    }

    private void gateway(int network, MacAddress mac, IpAddress ipv4, IpAddress ipv6) {
        guest(network, mac, ipv4, ipv6, Place.router(DOMAIN));
        vrouter.tables().routerInterfaces().put(new MacKey(network, mac), new RouterInterface(DOMAIN, MTU, ipv4, ipv6));
    }

    private void connected(String prefix, int network, MacAddress router) {
        route(DOMAIN, prefix, new Route.Connected(new NextHop(network, router, MTU, NextHop.ON_LINK)));
    }

    void route(int domain, String prefix, Route route) {
        vrouter.tables().routes().put(new RouteKey(domain, IpPrefix.parse(prefix)), route);
    }

    /** What alice's device makes of a frame that she sends. */
    TestRun.Result fromAlice(byte[] frame) {
        return run("from_workload", alice, frame, SkbContext.EMPTY);
    }

    TestRun.Result run(String program, int ifindex, byte[] frame, SkbContext context) {
        return run(program, ifindex, frame, context, 1);
    }

    TestRun.Result run(String program, int ifindex, byte[] frame, SkbContext context, int repeat) {
        return run(program(program), ifindex, frame, context, repeat);
    }

    /** A program of this build, which is loaded when it is first asked for: most tests run one or two. */
    BpfProgram program(String name) {
        return programs.computeIfAbsent(name, _ -> instance(name, Map.of()).program(name));
    }

    /** One program of this build once more over the rig's tables, with these globals besides; it goes with the rig. */
    BpfObject instance(String program, Map<String, Integer> globals) {
        BpfObject object = lab.closing(BpfObject.open("instance", image));
        for (String map : object.mapNames()) {
            if (map.equals("scratch")) {
                object.maxEntries(map, vrouter.map(map).info().maxEntries());
            } else if (!map.contains(".")) {
                object.reuseMap(map, vrouter.map(map));
            }
        }
        vrouter.globals().forEach(object::global);
        globals.forEach(object::global);
        for (String other : object.programNames()) {
            object.autoload(other, other.equals(program));
        }
        return object.load();
    }

    /** Runs a program of another instance where the rig's devices are. */
    TestRun.Result run(BpfProgram program, int ifindex, byte[] frame) {
        return run(program, ifindex, frame, SkbContext.EMPTY, 1);
    }

    private TestRun.Result run(BpfProgram program, int ifindex, byte[] frame, SkbContext context, int repeat) {
        return host.call(() -> {
            try (TestRun run = new TestRun(program)) {
                return run.run(frame, context.withInterface(ifindex, ifindex), repeat);
            }
        });
    }

    /** Runs a trace where the rig's devices are. */
    Trace traced(Callable<Trace> trace) {
        return host.call(trace);
    }

    /** Asserts that a frame of alice ends, and is counted once for its reason. */
    void drops(DropReason reason, byte[] frame) {
        long before = counted(ALICE_PORT, reason);
        assertThat(fromAlice(frame).returned()).as(reason.name()).isEqualTo(DROP);
        assertThat(counted(ALICE_PORT, reason) - before)
                .as(reason + " " + vrouter.counters(ALICE_PORT))
                .isEqualTo(1);
    }

    long counted(int port, DropReason reason) {
        return vrouter.counters(port).drops(reason);
    }

    /** What shares addresses, in both directions. */
    Table<TranslationKey, Translation> translations() {
        return new KernelTable<>(
                "translations",
                vrouter.map("translations"),
                TranslationKey.CODEC,
                Translation.CODEC,
                vrouter.flows()::forget);
    }

    /** Another build takes over, as after an upgrade or a downgrade. */
    void load(byte[] image) {
        vrouter.close();
        vrouter = lab.closing(KernelVrouter.load(new Configuration(pins.path(), Sizes.small()), image));
        HandOver.HOOKS.forEach(hook -> programs.put(hook, vrouter.program(hook)));
    }

    /** Has a device run its program for what really comes. */
    void attach(int ifindex) {
        Attachments attachments = new Attachments(BpfFileSystem.directory(links()));
        host.namespace().run(() -> attachments.attach(ifindex, program("from_workload")));
    }

    /** The program that a device runs now, whichever build it is of. */
    BpfProgram attached(int ifindex) {
        return lab.closing(new Attachments(links()).program(ifindex).orElseThrow());
    }

    private Path links() {
        return pins.path().resolve("links");
    }

    /** What is pinned. */
    List<String> pinned() {
        return BpfFileSystem.list(pins.path());
    }

    Tables tables() {
        return vrouter.tables();
    }

    @Override
    public void close() {
        lab.close();
    }
}
