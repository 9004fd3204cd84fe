package io.weft.kubernetes.translate;

import io.weft.model.IpPrefix;
import java.util.List;

/** On which network a pod's port is. */
public sealed interface Place {
    /** The network that all pods share. */
    record Cluster() implements Place {}

    /**
     * A network of the namespace's own, which leads nowhere else.
     *
     * @param prefixes of its subnets
     */
    record Isolated(String namespace, List<IpPrefix> prefixes) implements Place {
        public Isolated {
            prefixes = List.copyOf(prefixes);
        }
    }

    /**
     * A network that somebody else made.
     *
     * @param network its name or id
     * @param subnets names or ids; an address of each; empty leaves it to Neutron
     */
    record Existing(String network, List<String> subnets) implements Place {
        public Existing {
            subnets = List.copyOf(subnets);
        }
    }

    /**
     * Nobody can tell yet: what a NetworkAttachmentDefinition should say.
     *
     * @param definition {@code NAMESPACE/NAME}
     * @param why for example {@code is not there}
     */
    record Unknown(String definition, String why) implements Place {}
}
