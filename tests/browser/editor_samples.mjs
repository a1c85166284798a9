// What the editor is tried on besides the files of systems/: small processes with every element the engine executes and every element of ours.
import fs from 'node:fs';
import path from 'node:path';

/** Every .bpmn and .dmn below systems/ and `folders`. */
export function files(root, folders) {
  const found = [];
  const walk = (folder) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const at = path.join(folder, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') walk(at);
      else if (/\.(bpmn|dmn)$/.test(entry.name)) found.push(at);
    }
  };
  [path.join(root, 'systems'), ...folders].forEach((folder) => walk(path.resolve(folder)));
  return found.sort();
}

/** A drawing of `body`: its nodes in a row, subprocesses tall, flows straight. */
function drawn(body) {
  const shapes = [];
  let x = 0;
  for (const [, tag, id] of body.matchAll(/<(\w*(?:[tT]ask|Event|Gateway|subProcess|transaction|adHocSubProcess|callActivity)) id="(\w+)"/g)) {
    if (/EventDefinition/.test(tag)) continue;
    const [width, height] = /Event$/.test(tag) ? [36, 36] : /Gateway$/.test(tag) ? [50, 50] : [100, 80];
    const expanded = /rocess$|transaction/.test(tag) ? ' isExpanded="true"' : '';
    shapes.push(`<bpmndi:BPMNShape id="${id}_shape" bpmnElement="${id}"${expanded}><dc:Bounds x="${x}" y="100" width="${width}" height="${height}"/></bpmndi:BPMNShape>`);
    x += 130;
  }
  const edges = [...body.matchAll(/<sequenceFlow id="(\w+)"/g)].map(([, id]) => `<bpmndi:BPMNEdge id="${id}_edge" bpmnElement="${id}"><di:waypoint x="0" y="0"/><di:waypoint x="100" y="0"/></bpmndi:BPMNEdge>`);
  return [...shapes, ...edges].join('\n');
}

const definitions = `<message id="m" name="m"/><message id="withdrawal" name="withdrawn"/><message id="supplement_received" name="supplement_received"/>
<error id="e" name="e" errorCode="e"/><signal id="g" name="g"/><escalation id="up" name="up" escalationCode="up"/>`;

/** The process "p" around `body`. */
const process = (body) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
 xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:ta="urn:thien-an:bpmn" targetNamespace="urn:test">
${definitions}
<process id="p" isExecutable="true">
<extensionElements><ta:name en="All"/><ta:variable name="n" type="number"/><ta:budget calendar="counted" cutoff="15:00">P5WD</ta:budget><ta:rungs>50% 100%</ta:rungs></extensionElements>
${body}
</process>
<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="p">${drawn(body)}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>`;

/** The examples of docs/standards/bpmn-extension.md under one heading, with their ends of flows made real. */
function documented(root, heading) {
  const text = fs.readFileSync(path.join(root, 'docs', 'standards', 'bpmn-extension.md'), 'utf8');
  const [, xml] = new RegExp(`## ${heading}[^]*?\`\`\`xml\\n([^]*?)\`\`\``).exec(text);
  const bare = xml.replace(/<!--.*?-->/g, '').replaceAll('bpmn:', '').replace(/<(incoming|outgoing)>\w+<\/\1>/g, '').replace(/ default="\w+"/g, '');
  const known = new Set([...bare.matchAll(/ id="(\w+)"/g)].map(([, id]) => id));
  const wanted = [...bare.matchAll(/(?:targetRef|sourceRef)="(\w+)"/g)].map(([, id]) => id).filter((id) => !known.has(id));
  return bare + [...new Set(wanted)].map((id) => `<task id="${id}"/>`).join('');
}

const extension = `<userTask id="u" name="Bước"><extensionElements><ta:label vi="Đang làm" en="Being done"/><ta:budget calendar="reception" cutoff="15:00">PT4WH</ta:budget>
<ta:candidates>posts.one_stop_officer</ta:candidates><ta:outcome name="a" vi="Được" en="Yes"/><ta:outcome name="b" vi="Không" en="No" reason="true"/><ta:outcome name="c" vi="Khác" reason="false"/>
<ta:form ref="f"/><ta:notSameAs task="u2"/><ta:notSameAs task="u3"/><ta:returns to="u2 u3"/><ta:set name="n">n + 1</ta:set><ta:clock verb="extend" reason="r" by="P5WD"/>
<ta:clock verb="= law.supplement_verb" reason="supplement"/><ta:rungs>50% +1WD</ta:rungs></extensionElements></userTask><userTask id="u2"/><userTask id="u3"/>
<serviceTask id="s"><extensionElements><ta:action name="registers.enter" mode="outbox"><ta:in name="book">"births"</ta:in><ta:in name="if">n &lt; 3 and "a" != "&amp;"</ta:in><ta:out name="n" from="number"/></ta:action></extensionElements></serviceTask>
<businessRuleTask id="d"><extensionElements><ta:decision ref="birth_fee" into="n"/></extensionElements></businessRuleTask>
<scriptTask id="x" scriptFormat="feel"><extensionElements><ta:result into="n"/></extensionElements><script>n + 1</script></scriptTask>
<receiveTask id="r" messageRef="m"><extensionElements><ta:correlate>case_key</ta:correlate></extensionElements></receiveTask>
<callActivity id="call" calledElement="q"><extensionElements><ta:in name="inner">n</ta:in><ta:out name="n" from="inner"/></extensionElements></callActivity>
<boundaryEvent id="late" attachedToRef="u" cancelActivity="false"><extensionElements><ta:timer calendar="reception"/></extensionElements><timerEventDefinition><timeDuration xsi:type="tFormalExpression">PT8WH</timeDuration></timerEventDefinition></boundaryEvent>`;

const elements = `<startEvent id="s1" parallelMultiple="false"><timerEventDefinition><timeCycle xsi:type="tFormalExpression">R3/P1D</timeCycle></timerEventDefinition></startEvent>
<intermediateCatchEvent id="c1"><conditionalEventDefinition><condition xsi:type="tFormalExpression">n > 1</condition></conditionalEventDefinition></intermediateCatchEvent>
<intermediateCatchEvent id="c2" parallelMultiple="true"><signalEventDefinition signalRef="g"/><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
<intermediateCatchEvent id="c3" name="L"><linkEventDefinition name="L"/></intermediateCatchEvent><intermediateThrowEvent id="c4"><linkEventDefinition name="L"/></intermediateThrowEvent>
<intermediateThrowEvent id="c5"><escalationEventDefinition escalationRef="up"/></intermediateThrowEvent><intermediateThrowEvent id="c6"><compensateEventDefinition activityRef="t1"/></intermediateThrowEvent>
<task id="t1"/><boundaryEvent id="b1" attachedToRef="t1"><compensateEventDefinition/></boundaryEvent><manualTask id="t2" isForCompensation="true"/><sendTask id="t3" messageRef="m"/>
<exclusiveGateway id="g1" default="f2"/><parallelGateway id="g2"/><inclusiveGateway id="g3"/><eventBasedGateway id="g4"/>
<sequenceFlow id="f1" sourceRef="g1" targetRef="t2"><conditionExpression xsi:type="tFormalExpression">n = 1</conditionExpression></sequenceFlow><sequenceFlow id="f2" sourceRef="g1" targetRef="t3"/>
<transaction id="tr"><endEvent id="ce"><cancelEventDefinition/></endEvent></transaction><boundaryEvent id="b2" attachedToRef="tr"><cancelEventDefinition/></boundaryEvent>
<adHocSubProcess id="ah" ordering="Sequential"><task id="t4"/><completionCondition xsi:type="tFormalExpression">n = 2</completionCondition></adHocSubProcess>
<userTask id="t5"><standardLoopCharacteristics testBefore="true" loopMaximum="3"><loopCondition xsi:type="tFormalExpression">n &lt; 3</loopCondition></standardLoopCharacteristics></userTask>
<userTask id="t6" startQuantity="2" completionQuantity="2"><multiInstanceLoopCharacteristics isSequential="true" behavior="None"/></userTask>
<endEvent id="z1"><errorEventDefinition errorRef="e"/></endEvent><endEvent id="z2"><terminateEventDefinition/></endEvent>
<association id="as" associationDirection="One" sourceRef="b1" targetRef="t2"/>`;

/** {name, text} of each. */
export function samples(root) {
  return [
    { name: 'the extension', text: process(extension) },
    { name: 'the standard that the engine executes', text: process(elements) },
    { name: '"Loops and calls" in the docs', text: process(documented(root, 'Loops and calls')) },
    { name: '"Standard pieces of a procedure" in the docs', text: process(documented(root, 'Standard pieces of a procedure')) },
  ];
}
