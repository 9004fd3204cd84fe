package io.weft.kubernetes.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What pods ask for by NetworkAttachmentDefinitions, by example. */
class AttachmentsTest {
    private static List<NetworkSelection> selections(String annotation) {
        return NetworkSelections.of(new Pod(
                "x",
                "a",
                "u1",
                "u1",
                Optional.of("n1"),
                Map.of(),
                Map.of(NetworkSelections.ANNOTATION, annotation),
                false,
                false,
                Map.of()));
    }

    private static NetworkSelection selection(String definition, String interfaceName) {
        return new NetworkSelection(definition, interfaceName, List.of(), Optional.empty(), List.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', nullValues = "-", textBlock = """
                    -                                             | []
                    san                                           | [x/san net1]
                    san, y/backup                                 | [x/san net1, y/backup net2]
                    y/san.v4@storage0,san                         | [y/san.v4 storage0, x/san net2]
                    [{'name':'san'}]                              | [x/san net1]
                    [{'name':'san','namespace':'y','interface':'san0'},{'name':'b'}] | [y/san san0, x/b net2]
                    []                                            | []
                    """)
    void theAnnotationNamesDefinitionsAndInterfaces(String annotation, String expected) {
        assertThat(selections(annotation == null ? "" : annotation.replace('\'', '"')).stream()
                        .map(each -> each.definition() + " " + each.interfaceName())
                        .toList())
                .hasToString(expected);
    }

    @Test
    void theObjectOfJsonHasAddressesAndAMac() {
        assertThat(selections("[{\"name\": \"san\", \"ips\": [\"10.5.0.9/24\", \"fd05::9\"], "
                        + "\"mac\": \"02:00:00:00:00:09\", \"bandwidth\": {}, \"default-route\": [\"10.5.0.1\"]}]"))
                .containsExactly(new NetworkSelection(
                        "x/san",
                        "net1",
                        List.of(IpAddress.parse("10.5.0.9"), IpAddress.parse("fd05::9")),
                        Optional.of(MacAddress.parse("02:00:00:00:00:09")),
                        List.of("bandwidth")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    a,,b                                  | '' is not NAME
                    a/b/c                                 | 'a/b/c' is not NAME
                    A                                     | 'A' is not NAME
                    a@b@c                                 | 'a@b@c' is not NAME
                    a@eth0                                | another interface 'eth0'
                    a@lo                                  | another interface 'lo'
                    a@sixteen.letters.                    | 'sixteen.letters.' is no name of an interface
                    [{'name':'a'                          | is not JSON
                    ['a']                                 | something else than objects
                    [{'namespace':'a'}]                   | name: is missing
                    [{'name':7}]                          | name: must be a text
                    [{'name':'a','namespace':'../b'}]     | namespace: '../b' is no name
                    [{'name':'a','interface':'b/c'}]      | 'b/c' is no name of an interface
                    [{'name':'a','ips':'10.0.0.1'}]       | ips: must be a list
                    [{'name':'a','ips':[1]}]              | ips: must be a list
                    [{'name':'a','ips':['nine']}]         | ips:
                    [{'name':'a','mac':'nine'}]           | mac:
                    """)
    void annotationsThatMakeNoSenseAreRefusedByName(String annotation, String message) {
        assertThatThrownBy(() -> selections(
                        annotation.contains("{") || annotation.startsWith("[")
                                ? annotation.replace('\'', '"')
                                : annotation))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(NetworkSelections.ANNOTATION)
                .hasMessageContaining(message);
    }

    @Test
    void whatAPortIsNotIsRefusedOfOurInterfacesAlone() {
        NetworkSelection plain = selection("x/san", "net1");
        Place place = new Place.Existing("storage", List.of());
        assertThat(plain.on(place)).isEqualTo(new FurtherInterface("net1", place, List.of(), Optional.empty()));
        NetworkSelection limited =
                new NetworkSelection("x/san", "net1", List.of(), Optional.empty(), List.of("bandwidth"));
        assertThatThrownBy(() -> limited.on(place))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("x/san: bandwidth");
    }

    private static AttachmentDefinition definition(String config) {
        GenericKubernetesResource resource = new GenericKubernetesResource();
        resource.setApiVersion("k8s.cni.cncf.io/v1");
        resource.setKind("NetworkAttachmentDefinition");
        resource.setMetadata(
                new ObjectMetaBuilder().withNamespace("x").withName("san").build());
        if (config != null) {
            resource.setAdditionalProperty("spec", Map.of("config", config.replace('\'', '"')));
        }
        return AttachmentDefinitions.read(resource);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', nullValues = "-", textBlock = """
                    {'type':'weft','network':'storage'}                                   | storage []
                    {'type':'weft','network':'storage','subnet':'s4'}                     | storage [s4]
                    {'type':'weft','network':'storage','subnets':['s4','s6']}             | storage [s4, s6]
                    {'type':'weft','network':'a','args':{'weft':{'network':'b'}}}         | b []
                    {'plugins':[{'type':'weft','network':'storage'},{'type':'tuning'}]}   | storage []
                    {'type':'weft','port':'0d5e8f6e-0000-4000-8000-000000000001'}         | -
                    {'type':'macvlan','master':'eth0'}                                    | -
                    {'plugins':[{'type':'bridge'},{'type':'weft'}]}                       | -
                    {'plugins':[]}                                                        | -
                    {}                                                                    | -
                    []                                                                    | -
                    -                                                                     | -
                    """)
    void definitionsOfOurTypeSayWhereAPortIs(String config, String expected) {
        assertThat(definition(config).place().map(place -> switch (place) {
                    case Place.Existing(String network, List<String> subnets) -> network + " " + subnets;
                    default -> throw new AssertionError(place);
                }))
                .isEqualTo(Optional.ofNullable(expected));
        assertThat(definition(config).key()).isEqualTo("x/san");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    {'type':'weft'                                                    | config is not JSON
                    {'type':'weft'}                                                   | network: must be a text
                    {'type':'weft','network':7}                                       | network: must be a text
                    {'type':'weft','network':'a','subnet':''}                         | subnet: must be a text
                    {'type':'weft','network':'a','subnets':'s'}                       | subnets: must be a list
                    {'type':'weft','network':'a','subnets':[7]}                       | subnets: must be a text
                    {'type':'weft','network':'a','subnet':'s','subnets':['t']}        | subnets: cannot stand beside
                    {'type':'weft','network':'a','security_groups':['g']}             | security_groups: not served
                    {'type':'weft','network':'a','args':{'weft':{'qos_policy':'q'}}}  | qos_policy: not served
                    """)
    void definitionsOfOurTypeThatMakeNoSenseAreRefusedByName(String config, String message) {
        assertThatThrownBy(() -> definition(config))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(message);
    }
}
