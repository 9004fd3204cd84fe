package io.weft.vrouter;

/**
 * How many entries the tables hold. A table that is already pinned keeps the size that it was made with, so that an
 * upgrade never loses its contents; {@link Table#capacity} tells what is in force.
 *
 * @param ports local ports, the node's own number 0 among them; at most 65,536
 * @param portAddresses fixed addresses and allowed pairs of local ports
 * @param networks networks that the node takes part in
 * @param macs MACs of these networks, local and remote
 * @param addresses addresses of these networks
 * @param routes prefixes of all routing domains
 * @param groupMembers members of equal-cost groups
 * @param nodes other nodes
 * @param tunnelSources (node, network) pairs
 * @param floodMembers (network, list, member) triples
 * @param ruleSets rule sets of local ports, number 0 among them
 * @param peerClasses prefixes that rules name
 * @param policies verdicts of all rule sets
 * @param rules rules that are counted
 * @param policyNames numbers in the policy tables
 * @param connections answered connections of all ports; each end on this node is one. A port may have a quarter of them
 * @param halfOpen connections that wait for their answer; where there is no room, the longest unused go first. A port may
 *     have an eighth of them
 * @param fragments packets whose later fragments are awaited
 * @param domains routing domains
 * @param externalAddresses addresses outside that this node answers for, and as many floating addresses
 * @param translations entries of what shares addresses, two for each connection. A router may have a quarter of them
 * @param listeners listeners at virtual addresses, as many of these addresses and of pools, and four times as many prefixes of
 *     who may call them
 * @param learned learned MACs, and as many addresses, and clients that stay with their members; the longest unused go first
 * @param eventBytes ring buffer, a power of two and a multiple of the page size
 */
public record Sizes(
        int ports,
        int portAddresses,
        int networks,
        int macs,
        int addresses,
        int routes,
        int groupMembers,
        int nodes,
        int tunnelSources,
        int floodMembers,
        int ruleSets,
        int peerClasses,
        int policies,
        int rules,
        int policyNames,
        int connections,
        int halfOpen,
        int fragments,
        int domains,
        int externalAddresses,
        int translations,
        int listeners,
        int learned,
        int eventBytes) {
    /** Entries in a set of connections, as in {@code tables.h}. */
    static final int CONNECTION_WAYS = 16;

    /** Entries for each connection: with half of them free, a set of 16 is full of others once in 3,000 times. */
    private static final int ENTRIES_OF_CONNECTION = 2;

    /** Prefixes for each listener, on average; most have none. */
    private static final int CALLERS_OF_LISTENER = 4;

    int allowedCallers() {
        return listeners * CALLERS_OF_LISTENER;
    }

    int connectionSets() {
        return Math.ceilDiv((connections + halfOpen) * ENTRIES_OF_CONNECTION, CONNECTION_WAYS);
    }

    /** Room for a large hypervisor: 4,096 local ports, a quarter of a million remote addresses. */
    public static Sizes standard() {
        return new Sizes(
                4096, 32768, 4096, 262144, 262144, 65536, 16384, 16384, 262144, 262144, 4096, 1048576, 1048576, 65536,
                524288, 262144, 65536, 8192, 16384, 16384, 524288, 16384, 16384, 1 << 20);
    }

    /** Room for tests: little memory, quickly made. */
    public static Sizes small() {
        return new Sizes(
                64, 256, 64, 1024, 1024, 256, 64, 64, 256, 256, 64, 1024, 4096, 256, 1024, 1024, 2048, 256, 64, 64,
                1024, 64, 64, 1 << 16);
    }
}
