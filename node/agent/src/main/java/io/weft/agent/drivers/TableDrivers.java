package io.weft.agent.drivers;

import io.weft.agent.policy.Policy;
import io.weft.agent.tables.DesiredTables;
import io.weft.vrouter.PeerClassKey;
import io.weft.vrouter.PolicyKey;
import io.weft.vrouter.PolicyVerdict;
import io.weft.vrouter.RuleSet;
import io.weft.vrouter.Tables;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Works off the differences of all tables in an order that is safe while packets pass: what an entry refers to is there
 * before it and gone after it, and a port that loses its right to send loses it first.
 *
 * <p>Rules: all that is allowed newly is there before anything is taken back, so what stays allowed is never cut; a port
 * comes after its rules and their members; an address that changes its class has no third one in between; and rule sets come last
 * of all, because their epoch has connections judged again, which must meet the tables as they are to be.
 */
public final class TableDrivers {
    private static final System.Logger LOGGER = System.getLogger(TableDrivers.class.getName());

    /** Entries in one call to the kernel, which takes well below a millisecond. */
    private static final int BATCH = 512;

    /** In this order entries come, and in the other they go: so each address leaves a class for that which it is to have. */
    private static final Comparator<PeerClassKey> LONGEST_FIRST = Comparator.comparingInt(
                    (PeerClassKey key) -> -key.prefix().length())
            .thenComparingInt(PeerClassKey::scope)
            .thenComparing(PeerClassKey::prefix);

    private final TableDriver<?, ?> ports;
    private final TableDriver<PolicyKey, PolicyVerdict> policy;
    private final TableDriver<PeerClassKey, Integer> peerClasses;
    private final TableDriver<Integer, RuleSet> ruleSets;
    private final List<TableDriver<?, ?>> all;
    private final List<TableDriver<?, ?>> inOrder;
    private final List<TableDriver<?, ?>> reversed;

    /**
     * @param kernel the tables to write
     * @param desired what they should hold
     */
    public TableDrivers(Tables kernel, DesiredTables desired) {
        ports = new TableDriver<>(kernel.ports(), desired.ports());
        policy = new TableDriver<>(kernel.policy(), desired.policy());
        peerClasses = new TableDriver<>(kernel.peerClasses(), desired.peerClasses(), LONGEST_FIRST);
        ruleSets = new TableDriver<>(kernel.ruleSets(), desired.ruleSets());
        inOrder = List.of(
                new TableDriver<>(kernel.underlay(), desired.underlay()),
                new TableDriver<>(kernel.underlayAddresses(), desired.underlayAddresses()),
                new TableDriver<>(kernel.nodes(), desired.nodes()),
                new TableDriver<>(kernel.networks(), desired.networks()),
                new TableDriver<>(kernel.subports(), desired.subports()),
                new TableDriver<>(kernel.networkScopes(), desired.networkScopes()),
                new TableDriver<>(kernel.sharedAddresses(), desired.sharedAddresses()),
                new TableDriver<>(kernel.groupMembers(), desired.groupMembers()),
                new TableDriver<>(kernel.routerInterfaces(), desired.routerInterfaces()),
                new TableDriver<>(kernel.externalNetworks(), desired.externalNetworks()),
                new TableDriver<>(kernel.furtherGateways(), desired.furtherGateways()),
                new TableDriver<>(kernel.gateways(), desired.gateways()),
                new TableDriver<>(kernel.sourceGateways(), desired.sourceGateways()),
                new TableDriver<>(kernel.routes(), desired.routes()),
                new TableDriver<>(kernel.pools(), desired.pools()),
                new TableDriver<>(kernel.allowedCallers(), desired.allowedCallers()),
                new TableDriver<>(kernel.listeners(), desired.listeners()),
                new TableDriver<>(kernel.virtualAddresses(), desired.virtualAddresses()),
                new TableDriver<>(kernel.macs(), desired.macs()),
                new TableDriver<>(kernel.addresses(), desired.addresses()),
                new TableDriver<>(kernel.portForwardings(), desired.portForwardings()),
                new TableDriver<>(kernel.floatingAddresses(), desired.floatingAddresses()),
                new TableDriver<>(kernel.addressLimits(), desired.addressLimits()),
                new TableDriver<>(kernel.externalAddresses(), desired.externalAddresses()),
                new TableDriver<>(kernel.externalDevices(), desired.externalDevices()),
                new TableDriver<>(kernel.tunnelSources(), desired.tunnelSources()),
                new TableDriver<>(kernel.flood(), desired.flood()),
                new TableDriver<>(kernel.portAddresses(), desired.portAddresses()),
                new TableDriver<>(kernel.policyNames(), desired.policyNames()),
                policy,
                peerClasses,
                new TableDriver<>(kernel.qos(), desired.qos()),
                new TableDriver<>(kernel.services(), desired.services()),
                new TableDriver<>(kernel.serviceAddresses(), desired.serviceAddresses()),
                new TableDriver<>(kernel.serviceClients(), desired.serviceClients()),
                ports,
                new TableDriver<>(kernel.places(), desired.places()));
        reversed = inOrder.reversed();
        all = Stream.concat(inOrder.stream(), Stream.of(ruleSets)).toList();
    }

    /** Whether the kernel holds what it should, as far as is known. */
    public boolean isClean() {
        return all.stream().allMatch(TableDriver::isClean);
    }

    /**
     * Works for a while.
     *
     * @param nanos how long, about
     * @return nanoseconds until there is more to do: 0 for at once, {@link Long#MAX_VALUE} for nothing
     */
    public long work(long nanos) {
        long start = System.nanoTime();
        long now = start;
        while (now - start < nanos) {
            if (step(now) == 0) {
                break;
            }
            now = System.nanoTime();
        }
        if (isClean()) {
            return Long.MAX_VALUE;
        }
        long wait = Long.MAX_VALUE;
        for (TableDriver<?, ?> driver : all) {
            if (!driver.isClean()) {
                wait = Math.min(wait, driver.pause(now));
            }
        }
        return wait;
    }

    private int step(long now) {
        int count = ports.remove(BATCH, now);
        for (TableDriver<?, ?> driver : inOrder) {
            count += count == 0 ? driver.put(BATCH, now) : 0;
        }
        for (TableDriver<?, ?> driver : reversed) {
            count += count == 0 ? driver.remove(BATCH, now) : 0;
        }
        if (count == 0 && policy.isWritten() && peerClasses.isWritten()) {
            count = ruleSets.put(BATCH, now) + ruleSets.remove(BATCH, now);
        }
        return count;
    }

    /** Why not all rules of a port are in the kernel although they should be. */
    public Optional<String> rulesProblem(Policy.Assignment port) {
        if (policy.refused().stream().anyMatch(key -> key.ruleSet() == port.ruleSet())) {
            return Optional.of("not all its rules fit into table policy");
        }
        return peerClasses.refused().stream().anyMatch(key -> key.scope() == port.scope())
                ? Optional.of("not all members that its rules name fit into table peer_classes")
                : Optional.empty();
    }

    /**
     * Compares all tables with the kernel.
     *
     * @param sweep whether what nobody wants is to be removed
     */
    public void resync(boolean sweep) {
        long now = System.nanoTime();
        int found = 0;
        for (TableDriver<?, ?> driver : all) {
            found += driver.resync(sweep, now);
        }
        if (found > 0) {
            LOGGER.log(
                    Level.INFO,
                    "tables differ from the kernel",
                    Map.entry("entries", found),
                    Map.entry("sweep", sweep));
        }
    }

    /** What does not work, for people. */
    public List<String> problems() {
        return all.stream().map(TableDriver::problem).flatMap(Optional::stream).toList();
    }
}
