package io.weft.domain;

import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * A subnet pool to be made.
 *
 * @param project its owner
 * @param name its name
 * @param description its description
 * @param shared whether every project may use it
 * @param isDefault whether it is the default one of its family
 * @param prefixes its addresses, at least one block, all of one family
 * @param lengths what the prefixes of its subnets may be
 * @param defaultQuota how much of it each project may have; empty for as much as there is
 * @param addressScope the address scope that it is in
 */
public record NewSubnetPool(
        String project,
        String name,
        String description,
        boolean shared,
        boolean isDefault,
        List<IpPrefix> prefixes,
        PrefixLengths lengths,
        Optional<Integer> defaultQuota,
        Optional<UUID> addressScope) {
    /** A pool of these blocks with Neutron's defaults. */
    public static NewSubnetPool of(String project, String... prefixes) {
        return new NewSubnetPool(
                project,
                "pool",
                "",
                false,
                false,
                List.of(prefixes).stream().map(IpPrefix::parse).toList(),
                PrefixLengths.NONE,
                Optional.empty(),
                Optional.empty());
    }

    /** The same for every project. */
    public NewSubnetPool forAll() {
        return new NewSubnetPool(
                project, name, description, true, isDefault, prefixes, lengths, defaultQuota, addressScope);
    }

    /** The same as the default one of its family. */
    public NewSubnetPool asDefault() {
        return new NewSubnetPool(
                project, name, description, shared, true, prefixes, lengths, defaultQuota, addressScope);
    }

    /** The same with these lengths. */
    public NewSubnetPool withLengths(int minimum, int maximum, int standard) {
        PrefixLengths three =
                new PrefixLengths(OptionalInt.of(minimum), OptionalInt.of(maximum), OptionalInt.of(standard));
        return new NewSubnetPool(
                project, name, description, shared, isDefault, prefixes, three, defaultQuota, addressScope);
    }

    /** The same with this quota. */
    public NewSubnetPool withQuota(int quota) {
        return new NewSubnetPool(
                project, name, description, shared, isDefault, prefixes, lengths, Optional.of(quota), addressScope);
    }

    /** The same in this address scope. */
    public NewSubnetPool inScope(UUID scope) {
        return new NewSubnetPool(
                project, name, description, shared, isDefault, prefixes, lengths, defaultQuota, Optional.of(scope));
    }
}
