package io.weft.model;

import java.util.UUID;

/** The other end that a rule means (Neutron API v2.0, Security group rules: {@code remote_*}). */
public sealed interface RuleRemote {
    /** Any address. */
    record Anyone() implements RuleRemote {}

    /**
     * The addresses of a block. What was given is kept, with the host bits that it may have.
     *
     * @param address an address of the block, as it was given
     * @param length the number of leading bits that all addresses share
     */
    record Prefix(IpAddress address, int length) implements RuleRemote {
        public Prefix {
            Rules.range("remote_ip_prefix", length, 0, address.family().bits());
        }

        /**
         * Reads {@code ADDRESS/LENGTH}, or a single address.
         *
         * @throws InvalidException when it is neither; the field is {@code remote_ip_prefix}
         */
        public static Prefix parse(String text) {
            try {
                int slash = text.indexOf('/');
                return new Prefix(
                        IpAddress.parse(slash < 0 ? text : text.substring(0, slash)),
                        IpPrefix.parse(text).length());
            } catch (InvalidException e) {
                throw new InvalidException("remote_ip_prefix", "'" + text + "' is not a valid IP prefix");
            }
        }

        /** The block, without host bits. */
        public IpPrefix prefix() {
            return new IpPrefix(address, length);
        }

        @Override
        public String toString() {
            return address + "/" + length;
        }
    }

    /**
     * The addresses of the ports in a security group.
     *
     * @param groupId the group
     */
    record Group(UUID groupId) implements RuleRemote {}

    /**
     * The addresses of an address group.
     *
     * @param groupId the group
     */
    record Addresses(UUID groupId) implements RuleRemote {}

    /** The addresses of the ports in the rule's own group: in rules that groups begin with, where its id is not known. */
    record OwnGroup() implements RuleRemote {}
}
