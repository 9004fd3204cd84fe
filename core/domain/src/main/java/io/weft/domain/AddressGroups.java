package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.domain.transaction.Plan;
import io.weft.domain.transaction.Transactor;
import io.weft.model.AddressGroup;
import io.weft.model.IpPrefix;
import io.weft.model.World;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** Address groups (Neutron API v2.0, Address groups). A group stays while rules name it. */
public final class AddressGroups {
    private final Transactor transactor;
    private final Supplier<World> world;
    private final Stamp stamp;

    AddressGroups(Transactor transactor, Supplier<World> world, Stamp stamp) {
        this.transactor = transactor;
        this.world = world;
        this.stamp = stamp;
    }

    /** Makes an address group. */
    public AddressGroup create(NewAddressGroup wanted) {
        return create(List.of(wanted)).getFirst();
    }

    /** Makes address groups, all or none. */
    public List<AddressGroup> create(List<NewAddressGroup> wanted) {
        return transactor.run(plan -> {
            List<AddressGroup> made = new ArrayList<>(wanted.size());
            for (NewAddressGroup one : wanted) {
                AddressGroup group = new AddressGroup(
                        stamp.create(Stamp.newId(), one.project(), one.name(), one.description(), List.of()),
                        one.addresses());
                plan.create(group);
                plan.count(one.project(), QuotaResource.ADDRESS_GROUP, 1);
                made.add(group);
            }
            return made;
        });
    }

    /** Changes an address group's name and description. */
    public AddressGroup update(Caller caller, UUID id, AddressGroupUpdate update) {
        return transactor.run(plan -> {
            AddressGroup before = changeable(plan, caller, id);
            Access.requireRevision(before, update.expectedRevision());
            return write(plan, before, before.withMeta(stamp.describe(before, update.name(), update.description())));
        });
    }

    /** Adds blocks, none of which the group has. */
    public AddressGroup addAddresses(Caller caller, UUID id, List<IpPrefix> addresses) {
        return transactor.run(plan -> {
            AddressGroup before = changeable(plan, caller, id);
            Set<IpPrefix> all = new HashSet<>(before.addresses());
            List<IpPrefix> known =
                    addresses.stream().filter(all::contains).distinct().toList();
            if (!known.isEmpty()) {
                throw Problem.ADDRESSES_ALREADY_EXIST.with(known, id);
            }
            all.addAll(addresses);
            return write(plan, before, new AddressGroup(before.meta(), List.copyOf(all), before.sharing()));
        });
    }

    /** Takes away blocks, all of which the group has. */
    public AddressGroup removeAddresses(Caller caller, UUID id, List<IpPrefix> addresses) {
        return transactor.run(plan -> {
            AddressGroup before = changeable(plan, caller, id);
            Set<IpPrefix> left = new LinkedHashSet<>(before.addresses());
            List<IpPrefix> unknown = addresses.stream()
                    .filter(address -> !left.contains(address))
                    .distinct()
                    .toList();
            if (!unknown.isEmpty()) {
                throw Problem.ADDRESSES_NOT_FOUND.with(unknown, id);
            }
            addresses.forEach(left::remove);
            return write(plan, before, new AddressGroup(before.meta(), List.copyOf(left), before.sharing()));
        });
    }

    /** Removes an address group that no rule names. */
    public void delete(Caller caller, UUID id) {
        delete(caller, id, OptionalLong.empty());
    }

    /** The same, if it has this revision number. */
    public void delete(Caller caller, UUID id, OptionalLong expectedRevision) {
        transactor.run(plan -> {
            AddressGroup group = changeable(plan, caller, id);
            Access.requireRevision(group, expectedRevision);
            if (plan.world().isRemote(id)) {
                throw Problem.ADDRESS_GROUP_IN_USE.with(id);
            }
            GroupMaker.requireNotNeeded(plan, id);
            plan.delete(group);
            Shares.forget(plan, group.sharing());
            GroupMaker.forget(plan, id);
            plan.count(group.project(), QuotaResource.ADDRESS_GROUP, -1);
            return id;
        });
    }

    /** The address group, if the caller may see it. */
    public AddressGroup show(Caller caller, UUID id) {
        return Access.addressGroup(world.get(), caller, id);
    }

    /** The address groups that the caller may see, in no order. */
    public List<AddressGroup> list(Caller caller) {
        World now = world.get();
        if (caller.admin()) {
            return List.copyOf(now.addressGroups());
        }
        List<AddressGroup> seen = new ArrayList<>(now.addressGroupsOfProject(caller.project()));
        now.addressGroupsSharedWith(caller.project()).stream()
                .filter(group -> !group.project().equals(caller.project()))
                .forEach(seen::add);
        return seen;
    }

    /** Whoever may use another's group, and not change it, is told that there is none, as by Neutron. */
    private static AddressGroup changeable(Plan plan, Caller caller, UUID id) {
        AddressGroup group = Access.addressGroup(plan.world(), caller, id);
        if (!caller.owns(group.project())) {
            throw Problem.ADDRESS_GROUP_NOT_FOUND.with(id);
        }
        return group;
    }

    private AddressGroup write(Plan plan, AddressGroup before, AddressGroup after) {
        if (after.equals(before)) {
            return before;
        }
        AddressGroup touched = after.withMeta(stamp.touch(after.meta()));
        plan.update(before, touched);
        return touched;
    }
}
