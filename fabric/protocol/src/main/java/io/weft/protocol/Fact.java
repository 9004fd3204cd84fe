package io.weft.protocol;

import java.util.Locale;
import java.util.Optional;

/** A record of a topic: something that nodes need to know in order to forward. */
public sealed interface Fact
        permits Member,
                SecurityGroupFact,
                RuleFact,
                Peer,
                NetworkFact,
                SubnetFact,
                RouterFact,
                RouterInterface,
                StaticRoute,
                RouterGateway,
                FloatingIpFact,
                PortForwardingFact,
                AddressQos,
                Endpoint,
                ServiceMember,
                ServiceFact,
                PortQos,
                LocalPort {

    /** What the record says. */
    Type type();

    /** What tells the record from the others of its topic; begins with the type's text. */
    String key();

    /** The types of records, in the order in which a batch carries them: what others refer to comes first. */
    enum Type {
        MEMBER,
        GROUP,
        RULE,
        PEER,
        NETWORK,
        SUBNET,
        ROUTER,
        INTERFACE,
        ROUTE,
        ADDRESS_QOS,
        GATEWAY,
        FLOATING,
        FORWARDING,
        ENDPOINT,
        SERVICE_MEMBER,
        SERVICE,
        QOS,
        PORT;

        private final String text = name().toLowerCase(Locale.ROOT);

        /** The name on the wire. */
        public String text() {
            return text;
        }

        /** The type with this name on the wire; empty when this build does not know it. */
        public static Optional<Type> of(String text) {
            for (Type type : values()) {
                if (type.text.equals(text)) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }

        /** The type of the record with this key; empty when this build does not know it. */
        public static Optional<Type> ofKey(String key) {
            int slash = key.indexOf('/');
            return of(slash < 0 ? key : key.substring(0, slash));
        }

        /** The key of the record of this type with this name. */
        public String key(Object name) {
            return text + "/" + name;
        }
    }
}
