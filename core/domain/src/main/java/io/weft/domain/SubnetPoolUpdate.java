package io.weft.domain;

import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What changes of a subnet pool; what is empty stays.
 *
 * @param name its name
 * @param description its description
 * @param isDefault whether it is the default one of its family
 * @param prefixes its addresses, which hold all that it had
 * @param lengths what the prefixes of its subnets may be
 * @param defaultQuota how much of it each project may have
 * @param addressScope the address scope that it is in
 * @param expectedRevision the revision number that it must have
 */
public record SubnetPoolUpdate(
        Optional<String> name,
        Optional<String> description,
        Optional<Boolean> isDefault,
        Optional<List<IpPrefix>> prefixes,
        PrefixLengths lengths,
        Optional<Integer> defaultQuota,
        Optional<ScopeChoice> addressScope,
        OptionalLong expectedRevision) {
    /** Nothing changes. */
    public static final SubnetPoolUpdate NONE = new SubnetPoolUpdate(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            PrefixLengths.NONE,
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty());

    /** The same with these addresses. */
    public SubnetPoolUpdate withPrefixes(String... newPrefixes) {
        List<IpPrefix> parsed =
                List.of(newPrefixes).stream().map(IpPrefix::parse).toList();
        return new SubnetPoolUpdate(
                name,
                description,
                isDefault,
                Optional.of(parsed),
                lengths,
                defaultQuota,
                addressScope,
                expectedRevision);
    }

    /** The same with these lengths. */
    public SubnetPoolUpdate withLengths(PrefixLengths newLengths) {
        return new SubnetPoolUpdate(
                name, description, isDefault, prefixes, newLengths, defaultQuota, addressScope, expectedRevision);
    }

    /** The same as the default one, or not. */
    public SubnetPoolUpdate withDefault(boolean newDefault) {
        return new SubnetPoolUpdate(
                name,
                description,
                Optional.of(newDefault),
                prefixes,
                lengths,
                defaultQuota,
                addressScope,
                expectedRevision);
    }

    /** The same in this address scope, or in none. */
    public SubnetPoolUpdate withScope(ScopeChoice choice) {
        return new SubnetPoolUpdate(
                name, description, isDefault, prefixes, lengths, defaultQuota, Optional.of(choice), expectedRevision);
    }
}
