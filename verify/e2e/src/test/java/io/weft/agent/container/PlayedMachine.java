package io.weft.agent.container;

import io.weft.agent.attach.LocalSocket;
import io.weft.client.NeutronClient;
import io.weft.e2e.Background;
import io.weft.e2e.Wait;
import io.weft.e2e.Workload;
import io.weft.kernel.namespace.NetworkNamespace;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.RouteNetlink;
import io.weft.model.MacAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A namespace that plays a virtual machine with an agent in it: what its containers send goes out by its device behind their
 * tags. Since this machine's kernel need not have 802.1Q, programs put the tags on.
 */
public final class PlayedMachine implements AutoCloseable {
    private final ContainerEndpoint endpoint;
    private final RouteNetlink netlink;

    /**
     * Starts the agent.
     *
     * @param machine at the trunk's parent port; what its processes send must have full checksums
     * @param api as whom the agent asks
     * @param directory of what it keeps
     */
    public PlayedMachine(Workload machine, NeutronClient api, Path directory) {
        netlink = RouteNetlink.open(NetworkNamespace.open(machine.namespace()));
        try (InputStream in = Workload.class.getResourceAsStream("vlan_device.py")) {
            Path script = Files.write(
                    directory.resolve("vlan_device.py"),
                    Objects.requireNonNull(in).readAllBytes());
            endpoint = ContainerEndpoint.nested(
                    api, Optional.empty(), directory.resolve("state"), new Taps(machine, netlink, script));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Devices that programs carry to and from the machine's own behind tags. */
    private static final class Taps implements VlanLinks {
        private final Workload machine;
        private final RouteNetlink netlink;
        private final Path script;
        private final Map<Integer, Background> programs = new HashMap<>();
        private final Map<MacAddress, Integer> ids = new HashMap<>();

        Taps(Workload machine, RouteNetlink netlink, Path script) {
            this.machine = machine;
            this.netlink = netlink;
            this.script = script;
        }

        @Override
        public synchronized Link lower() {
            return netlink.link("eth0").orElseThrow();
        }

        @Override
        public synchronized boolean create(LinkEnd end, int vlan) {
            // The program ends with its device, wherever that is.
            if (Optional.ofNullable(programs.get(vlan))
                    .filter(Background::isAlive)
                    .isPresent()) {
                return false;
            }
            MacAddress mac = end.mac().orElseThrow();
            String name = "v" + vlan;
            Background program = machine.start(
                    "/usr/bin/python3",
                    script.toString(),
                    "eth0",
                    String.valueOf(vlan),
                    name,
                    mac.toString(),
                    String.valueOf(end.mtu()));
            Wait.until("the VLAN device", () -> program.output().contains("ready"));
            programs.put(vlan, program);
            ids.put(mac, vlan);
            int index = netlink.link(name).orElseThrow().index();
            netlink.setUp(index, false);
            netlink.setName(index, end.name());
            netlink.moveTo(index, end.namespace().orElseThrow());
            return true;
        }

        @Override
        public synchronized Optional<Integer> vlan(Link link) {
            return link.mac().map(ids::get);
        }
    }

    /** What the agent answers a runtime about the interface {@code eth0} of a pod, whose namespace has the container's name. */
    public LocalSocket.Answer ask(String verb, String container, String pod) {
        return endpoint.answer(("CNI_COMMAND=" + verb + "\0CNI_CONTAINERID=" + container + "\0CNI_NETNS=/run/netns/"
                        + container + "\0CNI_IFNAME=eth0\0CNI_ARGS=IgnoreUnknown=1;K8S_POD_UID=" + pod
                        + "\0\0{\"cniVersion\":\"1.0.0\",\"name\":\"weft\"}")
                .getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        endpoint.close();
        netlink.close();
    }
}
