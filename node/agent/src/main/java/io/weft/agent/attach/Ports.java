package io.weft.agent.attach;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import io.weft.protocol.LocalPort;
import io.weft.protocol.SubnetFact;
import io.weft.protocol.Trunking;
import io.weft.vrouter.PortCounters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** What attaching needs of the node. Safe for use by several threads; results come from the node's own thread. */
public interface Ports {
    /**
     * A port of this node.
     *
     * @param id the port
     * @param network its network
     * @param mac its MAC
     * @param addresses its addresses
     * @param mtu bytes of an IP packet
     * @param device the device that it has, if any; a subport's is that of its trunk's parent
     * @param state UP, DOWN or ERROR
     * @param detail why it is not up
     * @param counters its packets and why they ended, once it has a device
     * @param trunking what it is to a trunk
     */
    record Port(
            UUID id,
            UUID network,
            MacAddress mac,
            List<IpAddress> addresses,
            int mtu,
            Optional<String> device,
            String state,
            String detail,
            Optional<PortCounters> counters,
            Trunking trunking) {}

    /**
     * The rules of a port.
     *
     * @param port the port
     * @param groups its security groups; empty when no rules apply
     * @param ruleSet the number of its rule set in the data path; 0 when no rules apply
     * @param scope where the data path looks up the other end; 0 when its rules name nobody
     * @param hits how often each rule gave the verdict, for rules that are in force: a rule that others make superfluous is
     *     not
     */
    record Rules(Port port, Optional<List<UUID>> groups, int ruleSet, int scope, Map<UUID, Long> hits) {}

    /**
     * What the numbers of the data path stand for.
     *
     * @param ports ports by number
     * @param rules rules by number
     */
    record Names(Map<Integer, UUID> ports, Map<Integer, UUID> rules) {}

    /**
     * What a workload's interface at a port needs.
     *
     * @param port the port
     * @param mtu bytes of an IP packet
     * @param subnets the subnets of its network, or of its addresses alone
     */
    record Wiring(LocalPort port, int mtu, List<SubnetFact> subnets) {}

    /** Completes when the port is known to be of this node. */
    CompletableFuture<Port> known(UUID port);

    /** Completes when the port is known to be of this node, with what an interface at it needs. */
    CompletableFuture<Wiring> wired(UUID port);

    /** Completes when the port forwards. */
    CompletableFuture<Port> inForce(UUID port);

    /** Completes with a port of this node that is such, once there is one; the condition is tried on the node's thread. */
    CompletableFuture<UUID> prepared(Predicate<LocalPort> wanted);

    /** The ports of this node that are such; the condition is tried on the node's thread. */
    CompletableFuture<List<LocalPort>> such(Predicate<LocalPort> wanted);

    /** What an interface at a port needs; empty when the port is not of this node. */
    CompletableFuture<Optional<Wiring>> wiring(UUID port);

    /** All ports of this node. */
    CompletableFuture<List<Port>> all();

    /** The rules of a port; empty when it is not of this node. */
    CompletableFuture<Optional<Rules>> rules(UUID port);

    /** What the data path's numbers stand for now. */
    CompletableFuture<Names> names();

    /** Packets that ended without any port to blame, by reason. */
    CompletableFuture<PortCounters> unattributed();

    /** How the node is. */
    CompletableFuture<Map<String, Object>> status();

    /** Asks the node to look at all devices again now. */
    void refresh();
}
