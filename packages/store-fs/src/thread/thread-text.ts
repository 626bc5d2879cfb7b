// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var we=require("node:worker_threads");var me=require("node:zlib"),pe=require("node:timers/promises")\
;var d=class extends Error{name="KeepfitError";code;constructor(e,r,n){super(\`\${e}: \${r}\`,n),this.co\
de=e}};function p(t){return t instanceof Error&&t.name==="KeepfitError"&&"code"in t}var g=class{#n;#\
o;#e;#t=0;#r;constructor(e,r){this.#n=e,this.#o=r,this.#e=new DataView(new ArrayBuffer(4*e.length)),\
this.#r=e[0]??0}add(e){for(let r=0;r<e.byteLength;){for(;this.#r===0;)this.#r=this.#n[++this.#t]??1/\
0;if(this.#r===1/0)return;let n=Math.min(r+this.#r,e.byteLength),o=4*this.#t,i=this.#e.getUint32(o,!\
0);this.#e.setUint32(o,this.#o(e.subarray(r,n),i),!0),this.#r-=n-r,r=n}}toBytes(){return new Uint8Ar\
ray(this.#e.buffer)}};function _(){let t=Promise.resolve();return{run:e=>{let r=t.then(e,e);return t\
=r.catch(()=>{}),r}}}var P=require("node:path");var R={fsStore:"folder",fileSink:"path"},Ee={ENOSPC:\
"the disk is full",EDQUOT:"the disk quota is used up"};function N(t,e){let r=u(t),n=\`could not \${e.a\
ction} \${e.path} (\${r===""?String(t):r})\`,o=Ee[r];if(o!==void 0){let i=e.byteLength===void 0?"":\`, a\
nd \${e.byteLength} bytes must fit into \${(0,P.dirname)(e.path)}\`,s=\`\${n}: \${o}\${i}; free some room, \
or \${w(e)}\`;return new d("KEEPFIT_STORE_FULL",s,{cause:t})}return new d("KEEPFIT_STORE_FAILED",\`\${n}\
: \${Fe(r,e)}\`,{cause:t})}function u(t){let r=(p(t)?t.cause:t)?.code;return typeof r=="string"?r:""}a\
sync function m(t){try{return await t()}catch(e){if(u(e)==="ENOENT")return;throw e}}function Fe(t,e)\
{let{owner:r,path:n}=e,o=R[r];switch(t){case"EACCES":case"EPERM":return\`this user may not; let it re\
ad and write \${(0,P.dirname)(n)}, or \${w(e)}\`;case"ERR_ACCESS_DENIED":return"Node's permission model\
 forbids it; use --allow-fs-write, or on Node 26, which forbids fsync, no --permission";case"EROFS":\
return\`the file system is read-only; give \${r} a \${o} that can be written\`;case"EEXIST":return\`somet\
hing else has this name; move it away, or \${w(e)}\`;case"ENOTDIR":return\`a part of this path is a fil\
e; give \${r} a path made of folders\`;case"EISDIR":return\`a folder has this name; move it away, or \${\
w(e)}\`;case"ELOOP":return"a symbolic link has this name and cannot be followed; remove it";case"EFBI\
G":return\`the file system, or ulimit -f, takes no file of this size; give \${r} a \${o} on another one\
\`;case"ENOENT":return"it was removed meanwhile; let nothing else write or clean up in this folder";c\
ase"EMFILE":case"ENFILE":return"too many files are open; raise the limit (ulimit -n)";default:return\
\`see the cause, or \${w(e)}\`}}function w({owner:t}){return\`give \${t} another \${R[t]}\`}var K={open:"op\
en",stat:"look at",lstat:"look at",readdir:"list",mkdir:"make the folder",rename:"rename",link:"link\
",unlink:"delete"},A={read:"read",write:"write",truncate:"cut",stat:"look at",utimes:"set the time o\
f",sync:"sync",close:"close"},ke=new Set(["rename","link"]);function T(t,e,r={}){let n=W(t,K,(o,i)=>\
({owner:e,action:o==="open"?Se(t.constants,Number(i[1])):K[o],path:String(ke.has(o)?i[1]:i[0]),...r}\
));return{...n,constants:t.constants,open:async(o,i,s)=>W(await n.open(o,i,s),A,c=>({owner:e,action:\
A[c],path:o,...r})),for:o=>T(t,e,{...r,...o})}}function Se({O_WRONLY:t,O_EXCL:e=0},r){return(r&e)!==\
0?"make":(r&t)===0?"read":"open"}function W(t,e,r){let n=t,o=Object.keys(e).map(i=>[i,async(...s)=>{\
try{return await Reflect.apply(n[i],t,s)}catch(c){throw p(c)?c:N(c,r(i,s))}}]);return Object.fromEnt\
ries(o)}var ft=16*1024*1024;function v(t,e,r){return{...t,fs:T(e,"fsStore"),host:r,commits:_()}}var \
D=require("node:crypto"),k=require("node:path");var be=".safetensors",Pe="[0-9a-f]{8}(?:-[0-9a-f]{4}\
){3}-[0-9a-f]{12}";function H(t){return new RegExp(\`^\${Pe}$\`).test(t)}function I(t,e){return(0,k.joi\
n)(t,\`\${e}\${be}\`)}function E(t,e){return(0,k.join)(t,\`.\${e}.lock\`)}function U(t,e,r){return\`\${E(t,e)\
}.\${r}\`}function j(t,e){return(0,k.join)(t,\`.\${e}.\${(0,D.randomUUID)()}.tmp\`)}var S=require("node:pa\
th");async function F({fs:t,host:e},r){if(e.isWindows)return;let n=await t.for({action:"sync the fol\
der"}).open(r,t.constants.O_RDONLY);try{await n.sync()}catch(o){if(u(o)!=="EINVAL")throw o}finally{a\
wait n.close()}}var Te=new Set(["EACCES","EPERM"]);async function M(t){let e=await V(t,t.path);if(e&\
&t.isPrepared)return!1;let r=await B(t,t.path,e);return t.isPrepared=!0,r}async function B(t,e,r){le\
t n=(0,S.dirname)(e);if(r)return await Ie(t,e),!1;await B(t,n,await V(t,n));let o=!0;try{await t.fs.\
mkdir(e,{mode:448})}catch(i){if(u(i)!=="EEXIST")throw i;o=!1}return await F(t,n),o}async function V(\
{fs:t},e){let r=t.for({action:"look at the folder"}),n=await m(()=>r.stat(e,{bigint:!0}));if(n===voi\
d 0)return!1;if(n.isDirectory())return!0;throw new d("KEEPFIT_STORE_FAILED",\`\${e} is a file, but fsS\
tore needs a folder there; give fsStore the path of a folder\`)}async function Ie(t,e){if((0,S.dirnam\
e)(e)!==e)try{await F(t,(0,S.dirname)(e))}catch(r){if(!Te.has(u(r)))throw r}}async function q(t,e){l\
et{O_WRONLY:r,O_CREAT:n,O_EXCL:o,O_NOFOLLOW:i=0}=t.constants,s=await t.open(e,r|n|o|i,384);return{pa\
th:e,handle:s,isOpen:!0}}async function C(t){t.isOpen=!1,await t.handle.close()}async function Y(t,e\
){e.isOpen&&await C(e).catch(()=>{}),await t.unlink(e.path).catch(()=>{})}function G(t,e,r){let n="N\
othing was changed";if(!r){let i=\`the lock file \${t} of this training was deleted, so another traine\
r may have finished the run meanwhile. \${n}. Start this training again, and let nothing else delete \
files in that folder\`,s=Object.assign(new Error("the lock file is missing"),{code:"ENOENT",path:t});\
return new d("KEEPFIT_STORE_CONFLICT",i,{cause:s})}let o=e===void 0?"does not say any more that this\
 training holds it":\`names process \${e.pid} on host \${e.host} since \${e.since} instead of this train\
ing\`;return new d("KEEPFIT_STORE_CONFLICT",\`the lock file \${t} \${o}: it was deleted or replaced, and\
 another trainer may write now. \${n}. Stop one of the two, or give each its own folder or name\`)}var\
 z=2**23,Ce=4;async function J(t,e,r){let{O_RDONLY:n,O_NOFOLLOW:o=0,O_NONBLOCK:i=0}=t.constants,s=aw\
ait m(()=>t.open(e,n|o|i));if(s!==void 0)try{let c=await s.stat({bigint:!0});if(!c.isFile())throw ne\
w d("KEEPFIT_STORE_FAILED",\`\${e} is no regular file; move it away\`);let f=await Le(s,e,xe(e,c.size,r\
)),l=await s.stat({bigint:!0});if(l.size!==c.size||l.mtimeNs!==c.mtimeNs)throw X(e,c.size,l.size);re\
turn{bytes:f,stats:c}}finally{await s.close().catch(()=>{})}}function xe(t,e,r){try{if(e<=BigInt(r))\
return new Uint8Array(Number(e))}catch(o){throw new d("KEEPFIT_STORE_FAILED",\`no memory for the \${e}\
 bytes of \${t}; free some\`,{cause:o})}let n=\`\${t} has \${e} bytes, more than the \${r} that can be rea\
d here; check the file, or use a newer Node\`;throw new d("KEEPFIT_STORE_FAILED",n)}async function Le\
(t,e,r){let n=0,o=async()=>{for(;n<r.length;){let s=n;n+=z,await Oe(t,e,r,s,Math.min(s+z,r.length))}\
},i=await Promise.allSettled(Array.from({length:Ce},o));for(let s of i)if(s.status==="rejected")thro\
w s.reason;return r}async function Oe(t,e,r,n,o){for(let i=n;i<o;){let{bytesRead:s}=await t.read(r,i\
,o-i,i);if(!(s>0))throw X(e,BigInt(r.length),BigInt(i));i+=s}}function X(t,e,r){return new d("KEEPFI\
T_STORE_FAILED",\`\${t} was changed while it was read (\${e} bytes at first, then \${r}): something othe\
r than keepfit writes into it; stop that and try again\`)}function Q(t){try{let e=JSON.parse(new Text\
Decoder().decode(t)),{host:r,pid:n,uuid:o,since:i}=e;return typeof r!="string"||typeof o!="string"||\
typeof i!="string"||!H(o)||typeof n!="number"||!Number.isSafeInteger(n)||n<1||e.bootId===void 0||e.s\
tartTime===void 0?void 0:{host:r,bootId:h(e.bootId),pidNamespace:h(e.pidNamespace),pid:n,startTime:h\
(e.startTime),machine:h(e.machine),threadId:Z(e.threadId),thread:$e(e.thread),uuid:o,since:i,socket:\
h(e.socket),socketDevice:h(e.socketDevice)}}catch{return}}function h(t){if(t!=null){if(typeof t=="st\
ring")return t;throw new TypeError("not a text")}}function Z(t){if(t!=null){if(typeof t=="number"&&N\
umber.isSafeInteger(t)&&t>=0)return t;throw new TypeError("not a number")}}function $e(t){if(t==null\
)return;let{tid:e,startTime:r}=t,n=Z(e);if(n===void 0)throw new TypeError("not a thread");return{tid\
:n,startTime:h(r)}}var _e=65536;async function Re({folder:t},e){let r=await J(t.fs,e,_e);return r&&{\
path:e,holder:Q(r.bytes)}}async function ee(t){let{folder:e,key:r}=t,n=[],o=E(e.path,r);for(;;){let \
i=await Ne(t,o)?await Re(t,o):void 0;if(i===void 0)return n;let s=n.some(({holder:c})=>c?.uuid===i.h\
older?.uuid);if(n.push(s?{path:o,holder:void 0}:i),i.holder===void 0||s)return n;o=U(e.path,r,i.hold\
er.uuid)}}async function Ne({folder:t},e){let r=t.fs.for({action:"read"});return await m(()=>r.lstat\
(e,{bigint:!0}))!==void 0}async function te(t,e,r){let n=(await ee({folder:t,key:e})).at(-1);if(n?.h\
older?.uuid!==r)throw G(E(t.path,e),n?.holder,n!==void 0)}var Ke=new Set(["EPERM","EACCES","EBUSY"])\
,Ae=500,We=1e4;async function re(t,e,r=async()=>{}){for(let n=0,o=10;;n+=o,o=Math.min(2*o,Ae)){await\
 r();try{return await e()}catch(i){if(!t.isWindows||!Ke.has(u(i))||n>=We)throw i}await t.pause(o)}}a\
sync function ne(t,e,r,n){for(let o=0;o<e.length;){let i=Math.min(e.length-o,1073741824),{bytesWritt\
en:s}=await t.write(e,o,i,r+o);if(!(s>0&&s<=i))throw n(i,s);o+=s}}var b=class{#n;#o;#e=0;#t;#r;const\
ructor(e,r){this.#n=e,this.#o=r}add(e){this.throwFailure(),this.#e+=e,!(this.#e<this.#o||this.#t!==v\
oid 0)&&(this.#e=0,this.#t=this.#i())}async waitUntilIdle(){await this.#t}throwFailure(){if(this.#r!\
==void 0)throw this.#r.error}async#i(){try{await this.#n.handle.sync()}catch(e){this.#r={error:e}}th\
is.#t=void 0}};var x="the old checkpoint stays";function oe(t,e,r,n){let[o,i]=[r,n].map(s=>s===null?\
"no checkpoint":\`version \${s}\`);return new d("KEEPFIT_STORE_CONFLICT",\`\${t} should be \${o}, but is \$\
{i}: another trainer wrote in \${e}, and nothing was changed. Stop one of the two, or give each its o\
wn folder or name\`)}function ie(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`\${t} should have \${e} by\
tes, but has \${r}; \${x}\`)}function se(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`a write of \${e} by\
tes to \${t} wrote \${r}; \${x}\`)}function L(t,e,r){return new d("KEEPFIT_STORE_FAILED",\`the chunks for\
 \${t} must add up to the announced \${e} bytes, but came to \${r}; \${x}\`)}function ae(t,e){return new \
d("KEEPFIT_STORE_FAILED",\`the new checkpoint is in place at \${t}, but a power cut may bring back the\
 old one because the folder could not be synced (\${u(e)||String(e)}); check the disk before you cont\
inue\`,{cause:e})}function O({dev:t,ino:e,mtimeNs:r,size:n}){return\`\${t}:\${e}:\${r}:\${n}\`}async functi\
on ce(t,e){try{await F(t,t.path)}catch(r){throw ae(e,r.cause)}}async function de(t,e,r,n,o){let{byte\
Length:i}=r,s=I(t.path,e),c=await fe(t,s,n);n?.lock===void 0&&await M(t);let f=await q(t.fs.for({byt\
eLength:i}),o?.temp??j(t.path,e)),l;try{await ve(f,r,t.syncEvery);let y=await He(f,i);await Ue(t,f,y\
,c),await f.handle.sync(),await C(f),l=O(await t.fs.lstat(f.path,{bigint:!0})),o?.beforeRename(l),aw\
ait t.commits.run(()=>je(t,e,f,n))}catch(y){throw await Y(t.fs,f),y}return await ce(t,s),l}async fun\
ction fe({fs:t,path:e},r,n){let o=await m(()=>t.lstat(r,{bigint:!0})),i=o===void 0?null:O(o);if(n?.r\
eplaces===void 0||n.replaces===i)return o;throw oe(r,e,n.replaces,i)}async function ve(t,e,r){let n=\
new b(t,r);try{await De(t,e,o=>n.add(o))}finally{await n.waitUntilIdle()}n.throwFailure()}async func\
tion De({path:t,handle:e},{byteLength:r,chunks:n},o){let i=0;for await(let s of n){let c=new Uint8Ar\
ray(s.buffer,s.byteOffset,s.byteLength);if(i+c.length>r)throw L(t,r,\`\${i+c.length} or more\`);await n\
e(e,c,i,(f,l)=>se(t,f,l)),i+=c.length,o(c.length)}if(i!==r)throw L(t,r,String(i))}async function He(\
{path:t,handle:e},r){let n=await e.stat({bigint:!0});if(n.size===BigInt(r))return n;throw ie(t,r,n.s\
ize)}async function Ue(t,{handle:e},r,n){let o=n!==void 0&&n.mtimeNs>t.newestTime?n.mtimeNs:t.newest\
Time,{mtimeNs:i}=r;for(let s of[2n,2000n]){if(i>o)break;let c=Number(o/1000000n+s)/1e3;await e.utime\
s(c,c),{mtimeNs:i}=await e.stat({bigint:!0})}i>t.newestTime&&(t.newestTime=i)}async function je(t,e,\
r,n){let o=I(t.path,e),i=t.fs.for({action:"put a new checkpoint at"});await re(t.host,()=>i.rename(r\
.path,o),async()=>{n?.lock!==void 0&&await te(t,e,n.lock),n?.replaces!==void 0&&await fe(t,o,n)})}va\
r Me=128;function le(t,e){for(let r=0;r<Me;r++)t[r]=e.charCodeAt(r)}function ue(t){if(!p(t))throw t;\
let{code:e,message:r,cause:n}=t;return{code:e,message:r.slice(\`\${e}: \`.length),cause:n instanceof Er\
ror?{message:n.message,fields:{...n}}:void 0}}async function he(t,e){let r=new $(t);for(;;){let n=aw\
ait r.receive();n.kind==="begin"&&r.send({kind:"ended",outcome:await Be(r,n.job,e)}),r.flush()}}asyn\
c function Be(t,e,r){let n=v(e.folder,r,{isWindows:!1,pause:pe.setTimeout}),{path:o,syncEvery:i}=n,s\
=Ve(t,e),c=await de(n,e.key,s,e.condition,{temp:e.temp,beforeRename:y=>le(e.renaming,y)}).catch(ue),\
{isPrepared:f,newestTime:l}=n;return{folder:{path:o,syncEvery:i,isPrepared:f,newestTime:l},result:c}\
}function Ve(t,{byteLength:e,partLengths:r}){let n=qe(t);return{byteLength:e,chunks:r===void 0?n:Ye(\
n,r)}}async function*qe(t){for(;;){let e=await t.receive();if(e.kind==="commit")return;if(e.kind!=="\
bytes")throw new d("KEEPFIT_STORE_FAILED","the store has given up");let{buffer:r,length:n}=e;yield n\
ew Uint8Array(r,0,n),t.send({kind:"freed",buffer:r})}}async function*Ye(t,e){let r=new g(e,me.crc32)\
;for await(let n of t)r.add(n),yield n;yield r.toBytes()}var $=class{#n;#o=[];#e=[];#t=()=>{};constr\
uctor(e){this.#n=e,e.on("message",r=>{this.#o.push(...r),this.#t()})}async receive(){for(;;){let e=t\
his.#o.shift();if(e!==void 0)return e;this.flush(),await new Promise(r=>{this.#t=r})}}send(e){this.#\
e.push(e)}flush(){if(this.#e.length===0)return;let e=this.#e.flatMap(r=>r.kind==="freed"?[r.buffer]:\
[]);this.#n.postMessage(this.#e,e),this.#e=[]}};var a=require("node:fs"),ye=require("node:util"),Ge=\
(0,ye.promisify)(a.fsync),ge={constants:a.constants,open:async(t,e,r)=>ze((0,a.openSync)(t,e,r)),sta\
t:async(t,e)=>(0,a.statSync)(t,e),lstat:async(t,e)=>(0,a.lstatSync)(t,e),readdir:async(t,e)=>(0,a.re\
addirSync)(t,e),mkdir:async(t,e)=>(0,a.mkdirSync)(t,e),rename:async(t,e)=>(0,a.renameSync)(t,e),link\
:async(t,e)=>(0,a.linkSync)(t,e),unlink:async t=>(0,a.unlinkSync)(t)};function ze(t){return{read:asy\
nc(...e)=>({bytesRead:(0,a.readSync)(t,...e)}),write:async(...e)=>({bytesWritten:(0,a.writeSync)(t,.\
..e)}),stat:async e=>(0,a.fstatSync)(t,e),utimes:async(...e)=>(0,a.futimesSync)(t,...e),sync:()=>Ge(\
t),close:async()=>(0,a.closeSync)(t)}}he(we.parentPort,ge).catch(t=>{queueMicrotask(()=>{throw t})})\
;`;
