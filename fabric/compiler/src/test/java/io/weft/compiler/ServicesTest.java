package io.weft.compiler;

import static io.weft.compiler.Fixtures.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.compiler.Fixtures.Step;
import io.weft.model.AllowedCallers;
import io.weft.model.Change;
import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.model.MemberLocality;
import io.weft.model.Resource;
import io.weft.model.World;
import io.weft.model.WorldBuilder;
import io.weft.protocol.Fact;
import io.weft.protocol.ServiceFact;
import io.weft.protocol.ServiceMember;
import io.weft.protocol.Topic;
import io.weft.protocol.TopicChanges;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What nodes are told of load balancers. */
class ServicesTest {
    private static final UUID POOL = id(Resource.Kind.POOL, 1);
    private static final ServiceFact SERVICE = new ServiceFact(
            id(Resource.Kind.LISTENER, 1),
            Fixtures.networkId(1),
            Fixtures.portId(9),
            new MacAddress(0xfa163e000009L),
            List.of(IpAddress.parse("10.0.1.1")),
            6,
            8001,
            Optional.of(POOL),
            300,
            MemberLocality.ANY,
            AllowedCallers.EVERYONE,
            Optional.empty());

    private static World world() {
        return new WorldBuilder(World.empty())
                .put(Fixtures.network(1, true))
                .put(Fixtures.port(9, 1, "", "lb", "Octavia", true))
                .put(Fixtures.loadBalancer(1, 9, 1, true))
                .put(Fixtures.listener(1, 1, true, Optional.of(POOL)))
                .put(Fixtures.pool(1, 1, true, 300))
                .put(Fixtures.poolMember(1, 1, true, 7))
                .put(Fixtures.poolMember(2, 1, false, 7))
                .build(1);
    }

    private static Collection<Fact> facts(World world) {
        return Compilation.of(world, Fixtures.DOMAIN)
                .topics()
                .getOrDefault(Topic.network(Fixtures.networkId(1)), Map.of())
                .values();
    }

    private static Optional<Fact> service(World world) {
        return facts(world).stream().filter(ServiceFact.class::isInstance).findFirst();
    }

    @Test
    void aListenerIsAServiceOfItsLoadBalancersNetworkAndAMemberInServiceARecord() {
        assertThat(service(world())).contains(SERVICE);
        assertThat(facts(world()))
                .filteredOn(ServiceMember.class::isInstance)
                .containsExactly(
                        new ServiceMember(id(Resource.Kind.POOL_MEMBER, 1), POOL, IpAddress.parse("10.0.2.1"), 80, 7));
    }

    @Test
    void aServiceSaysWhatItsPoolSaysOfNearMembers() {
        assertThat(service(world().with(Fixtures.pool(1, 1, true, 2))))
                .get()
                .extracting(fact -> ((ServiceFact) fact).locality())
                .isEqualTo(MemberLocality.LOCAL);
    }

    @Test
    void aServiceSaysWhoMayCallIt() {
        AllowedCallers some = new AllowedCallers(List.of(IpPrefix.parse("10.0.0.0/8")), AllowedCallers.Scope.FLOATING);
        assertThat(service(world().with(
                                Fixtures.listener(1, 1, true, Optional.of(POOL)).withCallers(some))))
                .get()
                .extracting(fact -> ((ServiceFact) fact).callers())
                .isEqualTo(some);
    }

    @Test
    void aListenerThatIsOutOfServiceOrHasNoPoolIsAServiceWithoutMembers() {
        ServiceFact without = new ServiceFact(
                SERVICE.serviceId(),
                SERVICE.networkId(),
                SERVICE.portId(),
                SERVICE.mac(),
                SERVICE.addresses(),
                SERVICE.protocol(),
                SERVICE.port(),
                Optional.empty(),
                0,
                MemberLocality.ANY,
                AllowedCallers.EVERYONE,
                Optional.empty());
        for (Resource down : List.of(
                Fixtures.listener(1, 1, false, Optional.of(POOL)),
                Fixtures.listener(1, 1, true, Optional.empty()),
                Fixtures.loadBalancer(1, 9, 1, false),
                Fixtures.port(9, 1, "", "lb", "Octavia", false),
                Fixtures.pool(1, 1, false, 300))) {
            assertThat(service(world().with(down))).contains(without);
        }
        assertThat(service(world().without(Resource.Kind.LOAD_BALANCER, id(Resource.Kind.LOAD_BALANCER, 1))))
                .isEmpty();
    }

    @Test
    void aChangeOfOneMemberIsOneRecordWhateverTheNumberOfMembersAndServices() {
        WorldBuilder builder = new WorldBuilder(world());
        for (int i = 10; i < 210; i++) {
            builder.put(Fixtures.listener(i, 1, true, Optional.of(POOL))).put(Fixtures.poolMember(i, 1, true, 1));
        }
        World many = builder.build(2);
        Compiler compiler = new Compiler(Fixtures.DOMAIN);
        compiler.apply(World.empty(), many, Fabric.everything(many));
        for (Resource changed : List.of(
                Fixtures.poolMember(10, 1, true, 0),
                Fixtures.poolMember(11, 1, false, 1),
                Fixtures.poolMember(300, 1, true, 1))) {
            long derived = compiler.derived();
            Step step = Step.of(many, changed);
            TopicChanges changes = compiler.apply(step.before(), step.after(), step.changes());
            assertThat(changes.records()).hasSize(1);
            assertThat(compiler.derived() - derived).isLessThanOrEqualTo(2);
            compiler.apply(
                    step.after(),
                    many,
                    List.of(new Change(Optional.of(changed), many.resource(changed.kind(), changed.id()))));
        }
    }
}
