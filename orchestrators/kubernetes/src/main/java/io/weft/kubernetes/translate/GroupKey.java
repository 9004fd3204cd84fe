package io.weft.kubernetes.translate;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Which security group: why there is one. */
public sealed interface GroupKey {
    /** By which the group is found again; no blanks. */
    String id();

    /** Of pods that no policy isolates in this direction. */
    record Open(Direction direction) implements GroupKey {
        @Override
        public String id() {
            return "open-" + direction.text();
        }
    }

    /** Has no rules: rules of others name it. Its members are the pods of the set. */
    record Peers(PeerSet set) implements GroupKey {
        private static final String KIND = "peers-";

        /** Whether this is the id of such a group. */
        public static boolean isId(String id) {
            return id.startsWith(KIND);
        }

        @Override
        public String id() {
            return KIND + digest(set.toString());
        }
    }

    /**
     * Has a policy's rules. Its members are the pods that the policy selects and whose names of ports mean this.
     *
     * @param policy the policy's uid
     * @param names what those names stand for that the policy uses and the pod has
     */
    record Rules(String policy, Map<NamedPort, Integer> names) implements GroupKey {
        public Rules {
            names = Map.copyOf(names);
        }

        @Override
        public String id() {
            return "policy-" + policy + (names.isEmpty() ? "" : "-" + digest(new TreeMap<>(names).toString()));
        }
    }

    /** Has no rules: rules of others name it. Its member is the port of the node itself. */
    record Host(String node) implements GroupKey {
        @Override
        public String id() {
            return "host-" + digest(node);
        }
    }

    /**
     * Of pods that some policy isolates: traffic to and from the node where a pod is running is always allowed
     * (https://kubernetes.io/docs/concepts/services-networking/network-policies/). Its members are such pods of the node.
     */
    record OnNode(String node) implements GroupKey {
        @Override
        public String id() {
            return "node-" + digest(node);
        }
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
