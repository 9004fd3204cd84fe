package io.weft.kubernetes.neutron;

import io.weft.kubernetes.translate.HostSpec;
import java.util.Set;

/** What the cluster's nodes are in the network, by the nodes' uids. Any number of threads, each for another node. */
public sealed interface NodeKeeper permits HostKeeper, TrunkKeeper {
    /** Reads what is there. */
    void load();

    /** The uids of the nodes of which something is there. */
    Set<String> nodes();

    /** Reads again what is there of one node, of which it is not known what became. */
    void refresh(String node);

    /** The node is in the network as it shall be. */
    void ensure(HostSpec spec);

    /** Nothing is there of the node any more. */
    void remove(String node);
}
