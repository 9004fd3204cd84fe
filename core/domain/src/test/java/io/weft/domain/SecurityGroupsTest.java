package io.weft.domain;

import static io.weft.domain.Servers.ADMIN;
import static io.weft.domain.Servers.ALICE;
import static io.weft.domain.Servers.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.domain.error.DomainException;
import io.weft.domain.error.Problem;
import io.weft.domain.quota.QuotaResource;
import io.weft.model.AddressGroup;
import io.weft.model.DefaultRule;
import io.weft.model.Direction;
import io.weft.model.InvalidException;
import io.weft.model.IpFamily;
import io.weft.model.IpPrefix;
import io.weft.model.IpProtocol;
import io.weft.model.Network;
import io.weft.model.Port;
import io.weft.model.Precedence;
import io.weft.model.RuleAction;
import io.weft.model.RuleMatch;
import io.weft.model.RuleRemote;
import io.weft.model.SecurityGroup;
import io.weft.model.SecurityGroupRule;
import io.weft.model.Tier;
import io.weft.model.World;
import io.weft.store.MinWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityGroupsTest {
    private Servers servers;
    private Network network;
    private Domain domain;

    @BeforeEach
    void open(@TempDir Path directory) {
        servers = new Servers(directory, Settings.DEFAULTS.withSecurityGroups(true));
        domain = servers.first();
        network = servers.network();
        servers.subnet(network, "10.0.0.0/24");
    }

    @AfterEach
    void close() {
        servers.close();
    }

    private static void assertProblem(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DomainException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    private World world() {
        return domain.view().world();
    }

    private SecurityGroup group(String name) {
        return domain.securityGroups().create(NewSecurityGroup.of("alice", name));
    }

    private SecurityGroup defaultGroup() {
        return world().defaultGroup("alice").orElseThrow();
    }

    private static RuleMatch match(String protocol, int min, int max, RuleRemote remote) {
        return new RuleMatch(
                Direction.INGRESS,
                IpFamily.IPV4,
                Optional.of(IpProtocol.parse(protocol)),
                Optional.of(min),
                Optional.of(max),
                remote);
    }

    private SecurityGroupRule rule(UUID group, RuleMatch match) {
        return domain.securityGroupRules().create(ALICE, new NewSecurityGroupRule("alice", group, "", match));
    }

    private NewPort port() {
        return NewPort.of("alice", network.id());
    }

    @Test
    void aProjectsFirstNetworkBringsItsDefaultGroup() {
        SecurityGroup made = defaultGroup();
        assertThat(made.name()).isEqualTo("default");
        assertThat(made.stateful()).isTrue();
        RuleRemote own = new RuleRemote.Group(made.id());
        assertThat(world().rulesOf(made.id()).stream().map(SecurityGroupRule::match))
                .containsExactlyInAnyOrder(
                        RuleMatch.all(Direction.EGRESS, IpFamily.IPV4, new RuleRemote.Anyone()),
                        RuleMatch.all(Direction.EGRESS, IpFamily.IPV6, new RuleRemote.Anyone()),
                        RuleMatch.all(Direction.INGRESS, IpFamily.IPV4, own),
                        RuleMatch.all(Direction.INGRESS, IpFamily.IPV6, own));
        assertThat(domain.quotas().usage("alice"))
                .containsAllEntriesOf(Map.of(QuotaResource.SECURITY_GROUP, 1, QuotaResource.SECURITY_GROUP_RULE, 4));
    }

    @Test
    void whoeverLooksGetsADefaultGroupOfItsOwnOnly() {
        domain.securityGroups().ensureDefault(BOB, "bob");
        domain.securityGroups().ensureDefault(BOB, "carol");
        domain.securityGroups().ensureDefault(ADMIN, "dave");
        assertThat(world().defaultGroup("bob")).isPresent();
        assertThat(world().defaultGroup("carol")).isEmpty();
        assertThat(world().defaultGroup("dave")).isPresent();
        assertThat(domain.securityGroups().list(BOB))
                .containsExactly(world().defaultGroup("bob").orElseThrow());
    }

    @Test
    void aDefaultGroupStaysAndKeepsItsName() {
        UUID id = defaultGroup().id();
        assertProblem(
                Problem.SECURITY_GROUP_CANNOT_REMOVE_DEFAULT,
                () -> domain.securityGroups().delete(ALICE, id));
        assertProblem(
                Problem.SECURITY_GROUP_CANNOT_UPDATE_DEFAULT,
                () -> domain.securityGroups().update(ALICE, id, SecurityGroupUpdate.NONE.withName("mine")));
        assertProblem(Problem.SECURITY_GROUP_DEFAULT_EXISTS, () -> group("Default"));
        UUID other = group("other").id();
        assertProblem(
                Problem.SECURITY_GROUP_DEFAULT_EXISTS,
                () -> domain.securityGroups().update(ALICE, other, SecurityGroupUpdate.NONE.withName("default")));
    }

    @Test
    void anAdministratorRemovesADefaultGroupAndItComesBackWhenItIsNeeded() {
        UUID first = defaultGroup().id();
        domain.securityGroups().delete(ADMIN, first);
        assertThat(world().defaultGroup("alice")).isEmpty();
        assertThat(world().securityGroupRules()).isEmpty();
        Port port = domain.ports().create(ALICE, port());
        assertThat(port.groups()).containsExactly(defaultGroup().id());
        assertThat(defaultGroup().id()).isNotEqualTo(first);
    }

    @Test
    void aPortIsInItsProjectsDefaultGroupUnlessItSaysOtherwise() {
        UUID web = group("web").id();
        assertThat(domain.ports().create(ALICE, port()).securityGroups())
                .contains(List.of(defaultGroup().id()));
        assertThat(domain.ports().create(ALICE, port().withSecurityGroups(web)).groups())
                .containsExactly(web);
        assertThat(domain.ports().create(ALICE, port().withSecurityGroups()).securityGroups())
                .contains(List.of());
        assertThat(domain.ports().create(ALICE, port().withPortSecurity(false)).securityGroups())
                .isEmpty();
        assertThat(world().portsOfGroup(web)).hasSize(1);
    }

    @Test
    void groupsThatAPortMayNotHaveAreNotFound() {
        UUID unknown = new UUID(1, 2);
        UUID foreign = domain.securityGroups()
                .create(NewSecurityGroup.of("bob", "bobs"))
                .id();
        assertProblem(
                Problem.SECURITY_GROUP_NOT_FOUND,
                () -> domain.ports().create(ALICE, port().withSecurityGroups(unknown)));
        assertProblem(
                Problem.SECURITY_GROUP_NOT_FOUND,
                () -> domain.ports().create(ALICE, port().withSecurityGroups(foreign)));
        Port port = domain.ports().create(ALICE, port());
        assertProblem(
                Problem.SECURITY_GROUP_NOT_FOUND,
                () -> domain.ports().update(ALICE, port.id(), PortUpdate.NONE.withSecurityGroups(foreign)));
    }

    @Test
    void groupsNeedPortSecurity() {
        UUID web = group("web").id();
        assertProblem(
                Problem.SECURITY_GROUPS_NEED_PORT_SECURITY,
                () -> domain.ports()
                        .create(ALICE, port().withPortSecurity(false).withSecurityGroups(web)));
        Port port = domain.ports().create(ALICE, port().withSecurityGroups(web));
        assertProblem(
                Problem.PORT_HAS_SECURITY_GROUPS,
                () -> domain.ports().update(ALICE, port.id(), PortUpdate.NONE.withPortSecurity(false)));
        assertProblem(
                Problem.SECURITY_GROUPS_NEED_PORT_SECURITY,
                () -> domain.ports()
                        .update(
                                ALICE,
                                port.id(),
                                PortUpdate.NONE.withPortSecurity(false).withSecurityGroups(web)));
        Port open = domain.ports()
                .update(
                        ALICE,
                        port.id(),
                        PortUpdate.NONE.withPortSecurity(false).withSecurityGroups());
        assertThat(open.securityGroups()).isEmpty();
        Port held = domain.ports().update(ALICE, port.id(), PortUpdate.NONE.withPortSecurity(true));
        assertThat(held.securityGroups()).contains(List.of());
        assertThat(world().portsOfGroup(web)).isEmpty();
    }

    @Test
    void theNetworksOwnPortsAreHeldToNoRules() {
        domain.networks().update(ADMIN, network.id(), NetworkUpdate.NONE.withShared(true));
        Port dhcp = domain.ports().create(ALICE, port().withDevice("dhcp", "network:dhcp"));
        assertThat(dhcp.portSecurityEnabled()).isFalse();
        assertThat(dhcp.securityGroups()).isEmpty();
        NewPort bobs = NewPort.of("bob", network.id());
        Port plain = domain.ports().create(BOB, bobs);
        assertThat(plain.groups())
                .containsExactly(world().defaultGroup("bob").orElseThrow().id());
    }

    @Test
    void aGroupInUseStaysAsItIs() {
        UUID web = group("web").id();
        Port port = domain.ports().create(ALICE, port().withSecurityGroups(web));
        assertProblem(
                Problem.SECURITY_GROUP_IN_USE, () -> domain.securityGroups().delete(ALICE, web));
        assertProblem(
                Problem.SECURITY_GROUP_IN_USE,
                () -> domain.securityGroups().update(ALICE, web, SecurityGroupUpdate.NONE.withStateful(false)));
        domain.securityGroups().update(ALICE, web, SecurityGroupUpdate.NONE.withName("shop"));
        domain.ports().update(ALICE, port.id(), PortUpdate.NONE.withSecurityGroups());
        assertThat(domain.securityGroups()
                        .update(ALICE, web, SecurityGroupUpdate.NONE.withStateful(false))
                        .stateful())
                .isFalse();
        UUID stateful = defaultGroup().id();
        assertProblem(
                Problem.SECURITY_GROUP_CONFLICT,
                () -> domain.ports().update(ALICE, port.id(), PortUpdate.NONE.withSecurityGroups(web, stateful)));
        domain.securityGroups().delete(ALICE, web);
        assertProblem(
                Problem.SECURITY_GROUP_NOT_FOUND, () -> domain.securityGroups().show(ALICE, web));
    }

    @Test
    void aRuleThatSaysTheSameIsRefused() {
        UUID web = group("web").id();
        SecurityGroupRule made = rule(web, match("tcp", 80, 80, new RuleRemote.Anyone()));
        assertThatThrownBy(() -> rule(web, match("6", 80, 80, RuleRemote.Prefix.parse("0.0.0.0/0"))))
                .hasMessage("Security group rule already exists. Rule id is " + made.id() + ".");
        NewSecurityGroupRule ssh =
                new NewSecurityGroupRule("alice", web, "", match("tcp", 22, 22, new RuleRemote.Anyone()));
        assertProblem(
                Problem.DUPLICATE_SECURITY_GROUP_RULE_IN_POST,
                () -> domain.securityGroupRules().create(ALICE, List.of(ssh, ssh)));
        assertThat(world().rulesOf(web)).hasSize(3);
        rule(web, match("tcp", 80, 80, RuleRemote.Prefix.parse("192.0.2.0/24")));
        assertThat(world().securityGroup(web).orElseThrow().meta().revision()).isEqualTo(3);
        domain.securityGroupRules().delete(ALICE, made.id());
        assertThat(world().rulesOf(web)).hasSize(3);
        assertThat(domain.quotas().usage("alice")).containsEntry(QuotaResource.SECURITY_GROUP_RULE, 4 + 3);
    }

    @Test
    void aGroupOfATierBeginsEmptyAndKeepsServersThatDoNotKnowItFromTheStore() {
        group("plain");
        assertThat(MinWriter.required(servers.store())).isLessThan(WriterFormat.TIERS);
        Precedence first = new Precedence(Tier.ADMIN, 4);
        UUID made = domain.securityGroups()
                .create(new NewSecurityGroup("alice", "first", "", List.of(), true, first))
                .id();
        assertThat(MinWriter.required(servers.store())).isEqualTo(WriterFormat.TIERS);
        assertThat(world().rulesOf(made)).isEmpty();
        domain.securityGroups().update(ALICE, made, SecurityGroupUpdate.NONE.withPriority(9));
        assertThat(world().securityGroup(made).orElseThrow().precedence()).isEqualTo(new Precedence(Tier.ADMIN, 9));
        UUID plain = group("other").id();
        assertThatThrownBy(() -> domain.securityGroups().update(ALICE, plain, SecurityGroupUpdate.NONE.withPriority(9)))
                .isInstanceOf(InvalidException.class)
                .hasMessageContaining("the tier normal");
    }

    @Test
    void whatARuleMayDoIsUpToTheTierOfItsGroup() {
        RuleMatch any = match("tcp", 1, 2, new RuleRemote.Anyone());
        int position = 0;
        for (Tier tier : Tier.values()) {
            UUID made = domain.securityGroups()
                    .create(new NewSecurityGroup("alice", "g", "", List.of(), true, new Precedence(tier, 0)))
                    .id();
            for (RuleAction action : RuleAction.values()) {
                NewSecurityGroupRule wanted =
                        new NewSecurityGroupRule("alice", made, "", any, action, tier == Tier.NORMAL ? 0 : position++);
                if (tier.takes(action)) {
                    SecurityGroupRule rule = domain.securityGroupRules().create(ALICE, wanted);
                    assertThat(rule.action()).isEqualTo(action);
                    assertThat(rule.position()).isEqualTo(wanted.position());
                } else {
                    assertThatThrownBy(() -> domain.securityGroupRules().create(ALICE, wanted))
                            .isInstanceOf(InvalidException.class)
                            .hasMessageContaining("rules of groups of the tier " + tier.text());
                }
            }
        }
    }

    @Test
    void rulesOfABulkAreOfOneGroupAndOneProject() {
        UUID web = group("web").id();
        UUID data = group("data").id();
        RuleMatch any = match("tcp", 1, 2, new RuleRemote.Anyone());
        assertProblem(
                Problem.SECURITY_GROUP_RULES_OF_SEVERAL_GROUPS,
                () -> domain.securityGroupRules()
                        .create(
                                ADMIN,
                                List.of(
                                        new NewSecurityGroupRule("alice", web, "", any),
                                        new NewSecurityGroupRule("alice", data, "", any))));
        assertProblem(
                Problem.SECURITY_GROUP_RULES_OF_SEVERAL_PROJECTS,
                () -> domain.securityGroupRules()
                        .create(
                                ADMIN,
                                List.of(
                                        new NewSecurityGroupRule("alice", web, "", any),
                                        new NewSecurityGroupRule("bob", web, "", any))));
    }

    @Test
    void aGroupGoesWithItsRulesAndThoseThatNameIt() {
        UUID web = group("web").id();
        UUID data = group("data").id();
        rule(data, match("tcp", 5432, 5432, new RuleRemote.Group(web)));
        rule(web, match("tcp", 1, 9, new RuleRemote.Group(web)));
        domain.securityGroups().delete(ALICE, web);
        assertThat(world().rulesOf(data)).hasSize(2);
        assertThat(world().rulesOf(web)).isEmpty();
        assertThat(domain.quotas().usage("alice"))
                .containsEntry(QuotaResource.SECURITY_GROUP_RULE, 4 + 2)
                .containsEntry(QuotaResource.SECURITY_GROUP, 2);
    }

    @Test
    void remotesOfRulesMustBeTheCallersToSee() {
        UUID web = group("web").id();
        UUID foreign = domain.securityGroups()
                .create(NewSecurityGroup.of("bob", "bobs"))
                .id();
        assertProblem(
                Problem.SECURITY_GROUP_NOT_FOUND, () -> rule(web, match("tcp", 1, 9, new RuleRemote.Group(foreign))));
        assertProblem(
                Problem.ADDRESS_GROUP_NOT_FOUND,
                () -> rule(web, match("tcp", 1, 9, new RuleRemote.Addresses(new UUID(1, 2)))));
        assertProblem(
                Problem.SECURITY_GROUP_NOT_FOUND, () -> rule(foreign, match("tcp", 1, 9, new RuleRemote.Anyone())));
        assertProblem(
                Problem.SECURITY_GROUP_NOT_FOUND, () -> domain.securityGroups().delete(ALICE, foreign));
    }

    @Test
    void addressGroupsGrowAndShrinkAndStayWhileTheyAreNamed() {
        AddressGroup group = domain.addressGroups()
                .create(new NewAddressGroup("alice", "dns", "", List.of(IpPrefix.parse("192.0.2.0/28"))));
        AddressGroup more = domain.addressGroups()
                .addAddresses(ALICE, group.id(), List.of(IpPrefix.parse("2001:db8::/64"), IpPrefix.parse("10.0.0.1")));
        assertThat(more.addresses()).hasSize(3);
        assertProblem(
                Problem.ADDRESSES_ALREADY_EXIST,
                () -> domain.addressGroups().addAddresses(ALICE, group.id(), List.of(IpPrefix.parse("10.0.0.1/32"))));
        assertProblem(
                Problem.ADDRESSES_NOT_FOUND,
                () -> domain.addressGroups()
                        .removeAddresses(ALICE, group.id(), List.of(IpPrefix.parse("10.0.0.2/32"))));
        assertThat(domain.addressGroups()
                        .removeAddresses(ALICE, group.id(), List.of(IpPrefix.parse("10.0.0.1/32")))
                        .addresses())
                .hasSize(2);
        UUID web = group("web").id();
        SecurityGroupRule rule = rule(web, match("udp", 53, 53, new RuleRemote.Addresses(group.id())));
        assertProblem(Problem.ADDRESS_GROUP_IN_USE, () -> domain.addressGroups().delete(ALICE, group.id()));
        domain.securityGroupRules().delete(ALICE, rule.id());
        domain.addressGroups().delete(ALICE, group.id());
        assertThat(world().addressGroups()).isEmpty();
    }

    @Test
    void newGroupsBeginWithTheDefaultRules() {
        DefaultRule first = domain.defaultSecurityGroupRules().list().stream()
                .filter(rule -> rule.match().direction() == Direction.EGRESS)
                .findFirst()
                .orElseThrow();
        domain.defaultSecurityGroupRules().delete(first.id());
        domain.defaultSecurityGroupRules()
                .create(List.of(
                        new NewDefaultRule("", match("tcp", 22, 22, new RuleRemote.OwnGroup()), false, true),
                        new NewDefaultRule("", match("icmp", 8, 0, new RuleRemote.Anyone()), true, true)));
        SecurityGroup web = group("web");
        assertThat(world().rulesOf(web.id()).stream().map(SecurityGroupRule::match))
                .containsExactlyInAnyOrder(
                        RuleMatch.all(Direction.EGRESS, IpFamily.IPV6, new RuleRemote.Anyone()),
                        match("tcp", 22, 22, new RuleRemote.Group(web.id())),
                        match("icmp", 8, 0, new RuleRemote.Anyone()));
        domain.securityGroups().ensureDefault(BOB, "bob");
        assertThat(world().rulesOf(world().defaultGroup("bob").orElseThrow().id()))
                .hasSize(4);
        assertThat(world().rulesOf(defaultGroup().id())).hasSize(4);
        assertProblem(
                Problem.DEFAULT_SECURITY_GROUP_RULE_EXISTS,
                () -> domain.defaultSecurityGroupRules()
                        .create(List.of(
                                new NewDefaultRule("", match("1", 8, 0, new RuleRemote.Anyone()), true, false))));
    }

    @Test
    void quotasBoundGroupsAndRules() {
        for (int i = 1; i < 10; i++) {
            group("g" + i);
        }
        assertProblem(Problem.OVER_QUOTA, () -> group("one too many"));
        domain.quotas().update("alice", Map.of(QuotaResource.SECURITY_GROUP_RULE, 23));
        UUID id = defaultGroup().id();
        rule(id, match("tcp", 1, 1, new RuleRemote.Anyone()));
        assertProblem(Problem.OVER_QUOTA, () -> rule(id, match("tcp", 2, 2, new RuleRemote.Anyone())));
    }

    @Test
    void aBulkOfPortsOfANewProjectMakesOneDefaultGroup() {
        List<Port> ports = domain.ports()
                .create(
                        ADMIN,
                        List.of(
                                NewPort.of("carol", network.id()),
                                NewPort.of("carol", network.id()),
                                NewPort.of("dave", network.id())));
        assertThat(ports.get(0).groups()).isEqualTo(ports.get(1).groups()).hasSize(1);
        assertThat(ports.get(2).groups())
                .containsExactly(world().defaultGroup("dave").orElseThrow().id());
    }
}
